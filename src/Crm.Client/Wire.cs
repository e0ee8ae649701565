using System.Net.Http.Json;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;

namespace Crm.Client;

/// <summary>Requests out, answers in, problems as exceptions.</summary>
internal sealed class Wire(HttpClient http, Guid tenantId)
{
    // What is null in a replacement is left out of it: content is cleared by that, and what would have to be kept stays.
    private static readonly JsonSerializerOptions Replacement = new(CrmJson.Options) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    public async Task<T> SendAsync<T>(HttpMethod method, string path, CancellationToken ct, object? body = null, int? ifVersion = null, string? idempotencyKey = null)
    {
        using var response = await SendCheckedAsync(method, path, body, ifVersion, idempotencyKey, ct);
        return (await response.Content.ReadFromJsonAsync<T>(CrmJson.Options, ct))!;
    }

    public async Task SendAsync(HttpMethod method, string path, CancellationToken ct, object? body = null, int? ifVersion = null)
    {
        using var response = await SendCheckedAsync(method, path, body, ifVersion, null, ct);
    }

    private async Task<HttpResponseMessage> SendCheckedAsync(HttpMethod method, string path, object? body, int? ifVersion, string? idempotencyKey, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, $"api/{path}");
        request.Headers.Add("X-Tenant-Id", tenantId.ToString());
        if (ifVersion is not null) request.Headers.TryAddWithoutValidation("If-Match", $"\"{ifVersion}\"");
        if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: method == HttpMethod.Put ? Replacement : CrmJson.Options);
        var response = await http.SendAsync(request, ct);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await FailureAsync(response, ct);
    }

    private static async Task<CrmException> FailureAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
            return new CrmException((FailureKind)(int)response.StatusCode, problem.GetProperty("code").GetString()!, problem.GetProperty("detail").GetString()!)
            {
                Errors = problem.TryGetProperty("errors", out var errors) ? errors.Deserialize<Dictionary<string, string[]>>()! : [],
                RetryAfter = response.Headers.RetryAfter?.Delta,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return new CrmException((FailureKind)(int)response.StatusCode, FailureCodes.Internal, $"The service, or something before it, answered {(int)response.StatusCode} without saying why.");
        }
    }
}
