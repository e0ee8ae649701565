using Crm.Api.Auth;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Services.Demo;

namespace Crm.Api.Hosting;

/// <summary>Tells a newcomer, once the demo serves, how to sign in and what to try.</summary>
internal static class DemoGreeting
{
    private const int Hours = 12;

    /// <param name="services">What makes the tokens.</param>
    /// <param name="url">Where the service listens, as a program on this machine reaches it.</param>
    public static string Write(IServiceProvider services, string url)
    {
        var where = $"""

            The demo is ready.

              Docs     {url}/docs
              API      {url}/api
              Tenant   {DemoData.TenantId}


            """;
        if (services.GetRequiredService<CrmSettings>().Authority is { } authority)
        {
            return $"{where}Tokens come from {authority}; they need the tenant's id in the claim tenant_id.\n";
        }

        var issuer = services.GetRequiredService<TokenIssuer>();
        return $"""
            {where}Sign in with the token of one of its users; each is valid for {Hours} hours:

            {string.Join("\n\n", DemoData.Users.Select(user => $"  {user.Name}, {EnumNames<Role>.Of(user.Role)}\n  {Token(user)}"))}

            Or try this:

            curl -s '{url}/api/leads?take=1' -H 'X-Tenant-Id: {DemoData.TenantId}' -H 'Authorization: Bearer {Token(DemoData.Users[0])}'

            """;

        string Token(DemoUser user) => issuer.Issue(DemoData.TenantId, user.Id, user.Role, user.Name, TimeSpan.FromHours(Hours));
    }
}
