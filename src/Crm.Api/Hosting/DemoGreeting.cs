using Crm.Api.Auth;
using Crm.Contracts.Members;
using Crm.Services.Demo;

namespace Crm.Api.Hosting;

/// <summary>Tells a newcomer, once the demo serves, how to sign in and what to try.</summary>
internal static class DemoGreeting
{
    public static void Print(IServiceProvider services, string url)
    {
        var issuer = services.GetRequiredService<TokenIssuer>();
        Console.WriteLine();
        Console.WriteLine($"Demo tenant {DemoData.TenantId}. Docs: {url}/docs (Authorize with a token below and the tenant's id)");
        foreach (var user in DemoData.Users)
        {
            Console.WriteLine($"  {user.Role.ToString().ToUpperInvariant(),-8} {user.Name,-16} {issuer.Issue(DemoData.TenantId, user.Id, user.Role, user.Name, TimeSpan.FromHours(12))}");
        }

        var admin = DemoData.Users.First(user => user.Role == Role.Admin);
        Console.WriteLine("Try:");
        Console.WriteLine($"  curl -s '{url}/api/leads?take=1' -H 'X-Tenant-Id: {DemoData.TenantId}' -H 'Authorization: Bearer {issuer.Issue(DemoData.TenantId, admin.Id, admin.Role, admin.Name, TimeSpan.FromHours(12))}'");
        Console.WriteLine();
    }
}
