using System.Net.Http.Headers;
using Crm.Client;

namespace Crm.Tests.Clients;

internal static class TypedClient
{
    /// <summary>The same user of the same tenant, through the typed client.</summary>
    public static CrmClient Typed(this Tests.Client client)
    {
        var http = new HttpClient { BaseAddress = client.Host.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", client.Host.Token(client.TenantId, client.User, client.Role));
        return new CrmClient(http, client.TenantId);
    }
}
