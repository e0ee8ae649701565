using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;

namespace Crm.Tests;

/// <summary>A user of a tenant, talking to the service.</summary>
public sealed class Client(CrmHost host, Guid tenantId, string user, Role role)
{
    private readonly string token = host.Token(tenantId, user, role);

    public CrmHost Host => host;

    public Guid TenantId => tenantId;

    public string User => user;

    public Role Role => role;

    /// <summary>Another user of the same tenant.</summary>
    public Client As(Role otherRole, string otherUser) => new(host, tenantId, otherUser, otherRole);

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public Task<Answer> PutAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, body, headers);

    public Task<Answer> PatchAsync(string path, object? body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Patch, path, body, headers);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    /// <summary>Sends a request; a body that is text goes out as it stands, anything else as JSON.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-Tenant-Id", tenantId.ToString());
        if (body is not null)
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body, CrmJson.Options), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await host.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Makes a record and returns its id.</summary>
    public async Task<Guid> MakeAsync(string collection, object body)
    {
        var answer = await PostAsync($"/api/{collection}", body);
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Id;
    }

    public Task<List<string>> EventsAsync(Guid recordId) => host.EventsAsync(tenantId, recordId);
}
