using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Members;

namespace Crm.Tests.ApiKeys;

/// <summary>Programs that ask with a key.</summary>
internal static class KeyCalls
{
    /// <summary>Makes a key and returns its text.</summary>
    public static async Task<(Guid Id, string Key)> MakeKeyAsync(this Client admin, Role role = Role.Rep, bool readOnly = false, string[]? resources = null, DateTimeOffset? expiresAt = null)
    {
        var made = (await admin.PostAsync("/api/api-keys", new { name = "Program", role, readOnly, resources, expiresAt })).ShouldBe(System.Net.HttpStatusCode.Created);
        return (made.Id, made["key"].GetString()!);
    }

    public static Task<Answer> ByKeyAsync(this Client client, string key, HttpMethod method, string path, object? body = null) => client.AsAsync(key, method, path, body);

    public static Task<Answer> AskAsync(this CrmHost host, string key, Guid tenantId, string path = "/api/me", HttpMethod? method = null, object? body = null) => host.SendPlainAsync(
        method ?? HttpMethod.Get, path, body is null ? null : (JsonSerializer.Serialize(body), "application/json"), PlainRequests.Bearer(key), PlainRequests.Tenant(tenantId));
}
