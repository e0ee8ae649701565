using System.Net.Http.Json;
using Crm.Tests.Hosting;
using Crm.Tests.Kit;

namespace Crm.Tests.Conversion;

/// <summary>The program in a process of its own over a database, and what a user asks it.</summary>
internal static class ProgramCalls
{
    /// <param name="window">The service in this process over the same database, which does no work of its own.</param>
    /// <param name="registry">What it calls; null for the registry that it brings along.</param>
    /// <param name="crashAt">Where it kills itself; null for nowhere.</param>
    public static CrmProcess Start(CrmHost window, StubRegistry? registry, string? crashAt = null)
    {
        var settings = SettingTests.With(("ConnectionStrings__Crm", window.ConnectionString), ("DOTNET_ENVIRONMENT", "Testing"));
        if (registry is not null) (settings["Registry__BaseUrl"], settings["Registry__TimeoutSeconds"]) = ($"{registry.Address}", "2");
        if (crashAt is not null) settings["Testing__CrashAt"] = crashAt;
        return CrmProcess.Start([], settings);
    }

    /// <summary>A user's way to it, once it listens.</summary>
    public static async Task<HttpClient> HttpAsync(this CrmProcess program, Client user)
    {
        var http = new HttpClient { BaseAddress = await program.ListeningAsync() };
        foreach (var (name, value) in new[] { user.Bearer(), PlainRequests.Tenant(user.TenantId) }) http.DefaultRequestHeaders.Add(name, value);
        return http;
    }

    /// <summary>Converts a lead, with a deal.</summary>
    public static async Task<Answer> ConvertAsync(this HttpClient http, Guid lead, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/leads/{lead}/convert") { Content = JsonContent.Create(new { deal = new { } }) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }
}
