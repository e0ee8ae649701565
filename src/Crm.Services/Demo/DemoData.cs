using Crm.Contracts.Members;

namespace Crm.Services.Demo;

/// <summary>A user of the demo.</summary>
public sealed record DemoUser(string Id, string Name, Role Role);

/// <summary>Sample data: the same each time for the same instant, written through the services as people would have.</summary>
public static class DemoData
{
    public static readonly Guid TenantId = new("019aa000-0000-7000-8000-0000000000de");

    public static readonly IReadOnlyList<DemoUser> Users = [new("alex", "Alex Admin", Role.Admin)];

    /// <summary>Fills a tenant with 18 months that end at an instant; one that has leads already is left alone.</summary>
    /// <returns>Whether anything was written.</returns>
    public static Task<bool> FillAsync(string connectionString, Guid tenantId, DateTimeOffset now, Action<string> say, CancellationToken ct) =>
        Task.FromResult(false);
}
