using System.Net.Http.Headers;
using System.Text;
using Crm.Contracts.Members;

namespace Crm.Tests.Kit;

public static class PlainRequests
{
    /// <summary>Sends what nobody signed: only the headers given, and the body as it is called.</summary>
    public static async Task<Answer> SendPlainAsync(this CrmHost host, HttpMethod method, string path, (string Text, string MediaType)? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is { } content)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content.Text));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(content.MediaType);
        }

        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await host.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    public static (string Name, string Value) Bearer(string token) => ("Authorization", $"Bearer {token}");

    public static (string Name, string Value) Tenant(Guid tenantId) => ("X-Tenant-Id", tenantId.ToString());

    /// <summary>A token of an admin for the client's tenant.</summary>
    public static (string Name, string Value) Bearer(this Client client) => Bearer(client.Host.Token(client.TenantId, client.User, Role.Admin));
}
