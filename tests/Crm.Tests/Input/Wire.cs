using System.Net.Http.Headers;
using System.Text;
using Crm.Contracts.Members;
using Crm.Tests.Kit;

namespace Crm.Tests.Input;

/// <summary>Sends bytes as they stand, under any content type.</summary>
internal static class Wire
{
    public static Task<Answer> SendRawAsync(this Client client, HttpMethod method, string path, string body, string? contentType = "application/json", params (string Name, string Value)[] headers) =>
        client.SendRawAsync(method, path, Encoding.UTF8.GetBytes(body), contentType, headers);

    public static Task<Answer> SendRawAsync(this Client client, HttpMethod method, string path, byte[] body, string? contentType = "application/json", params (string Name, string Value)[] headers) =>
        client.SendContentAsync(method, path, new ByteArrayContent(body), contentType, headers);

    /// <summary>A hash of everything that the client's tenant has.</summary>
    public static Task<string> DataHashAsync(this Client client) => DataHash.OfAsync(client.Host, client.TenantId);

    /// <summary>Sends a body that may be refused before it is sent, and whose length is told or, in chunks, isn't.</summary>
    public static async Task<Answer> SendLargeAsync(this Client client, HttpMethod method, string path, byte[] body, bool inChunks)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return inChunks
                    ? await client.SendContentAsync(method, path, new StreamContent(new Unmeasured(body)), "application/json", [("Transfer-Encoding", "chunked")])
                    : await client.SendContentAsync(method, path, new ByteArrayContent(body), "application/json", [("Expect", "100-continue")]);
            }
            catch (HttpRequestException) when (attempt < 10)
            {
                // A service that has heard enough answers and hangs up, which may cut off the sending before the answer is read.
            }
        }
    }

    private static async Task<Answer> SendContentAsync(this Client client, HttpMethod method, string path, HttpContent content, string? contentType, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Host.Token(client.TenantId, client.User, Role.Admin));
        request.Headers.Add("X-Tenant-Id", client.TenantId.ToString());
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.Host.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
