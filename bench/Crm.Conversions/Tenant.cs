using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Bench;

namespace Crm.Conversions;

/// <summary>A tenant that nobody has seen yet, and its admin.</summary>
internal sealed class Tenant(HttpClient http, string key)
{
    private const int MadeTogether = 8;

    private readonly Guid id = Guid.CreateVersion7();
    private string? token;

    /// <summary>Makes leads of different people, and returns their ids.</summary>
    public async Task<IReadOnlyList<string>> MakeLeadsAsync(int count)
    {
        await SendAsync(HttpMethod.Get, "/api/me", null);
        var ids = new List<string>();
        foreach (var together in Enumerable.Range(0, count).Chunk(MadeTogether))
        {
            ids.AddRange(await Task.WhenAll(together.Select(async n =>
            {
                var (status, body) = await SendAsync(HttpMethod.Post, "/api/leads", $$"""{"firstName":"Ada","lastName":"Lovelace {{n}}","email":"ada.{{n}}@example.com","companyName":"Engines {{n}}","estimatedValue":{{n}}}""");
                if (status != HttpStatusCode.Created) throw new InvalidOperationException($"A lead was answered with {status}: {body}");
                using var lead = JsonDocument.Parse(body);
                return lead.RootElement.GetProperty("id").GetString()!;
            })));
        }

        return ids;
    }

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ??= Token.Of(id, "ada", key));
        request.Headers.Add("X-Tenant-Id", id.ToString());
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
