using System.Globalization;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Database.Leads;
using Crm.Database.Tenancy;
using Crm.Services;
using Crm.Services.Routing;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Routing;

/// <summary>Fifty workers route the same leads at once: 300 of them, or as many as <c>CRM_ROUTED_LEADS</c> says.</summary>
public sealed class ManyWorkersTests
{
    private const int Workers = 50;

    private static readonly int Leads = int.Parse(Environment.GetEnvironmentVariable("CRM_ROUTED_LEADS") ?? "300", CultureInfo.InvariantCulture);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Each_lead_is_given_once_within_the_quotas_and_shares_are_within_one_of_the_weights(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var quota = Leads / 20;
        var ada = await host.NewTenant().RouteByAsync(["bea", "cid", "dan", "eva"], new[]
        {
            new { name = "All", candidates = new object[] { new { userId = "bea", weight = 5 }, new { userId = "cid", weight = 3 }, new { userId = "dan", weight = 2 }, new { userId = "eva", weight = 10 } } },
        });
        await ada.SetAsync("eva", new { leadsPerDay = quota });
        var leads = await MakeAsync(ada);

        var since = TimeProvider.System.GetTimestamp();
        // Each lead by two workers, so that there is somebody to be quicker.
        await Parallel.ForEachAsync(leads.Concat(leads).Shuffle(), new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = Stop }, async (lead, ct) =>
        {
            while (!await IsRoutedAsync(ada, lead, ct))
            {
                // Others were before it for longer than a lock is waited for: told again, as events are.
            }
        });

        var took = TimeProvider.System.GetElapsedTime(since);
        var owners = await host.QueryAsync(ada.TenantId, db => db.Leads.GroupBy(l => l.OwnerId).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key ?? "nobody", group => group.Count));
        (await host.QueryAsync(ada.TenantId, db => db.LeadRoutings.CountAsync()), await host.QueryAsync(ada.TenantId, db => db.Events.CountAsync(e => e.Type == "lead.assigned"))).ShouldBe((Leads, Leads));
        owners["eva"].ShouldBe(quota);
        owners.Values.Sum().ShouldBe(Leads);
        foreach (var (user, weight) in new[] { ("bea", 5), ("cid", 3), ("dan", 2) })
        {
            // Until eva has hers, everybody has a part of 20, and then of 10; each time within one.
            var (before, after) = ((decimal)quota * 2, Leads - ((decimal)quota * 2));
            var share = (before * weight / 20) + (after * weight / 10);
            Math.Abs(owners[user] - share).ShouldBeLessThanOrEqualTo(2, $"{user} of {string.Join(", ", owners)}");
        }

        (await host.QueryAsync(ada.TenantId, db => db.RoutingQuotas.SumAsync(q => q.Leads))).ShouldBe(Leads);
        await Report.AddAsync("routing", database, string.Create(CultureInfo.InvariantCulture, $"{Workers} | {Leads} | {string.Join(" | ", new[] { "bea", "cid", "dan", "eva" }.Select(user => owners[user]))} | {took.TotalSeconds:0}"));
    }

    /// <summary>Whether the database had the time for it.</summary>
    private static async Task<bool> IsRoutedAsync(Client client, Guid lead, CancellationToken ct)
    {
        await using var work = client.Host.Services.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(client.TenantId, "worker");
        try
        {
            await work.ServiceProvider.GetRequiredService<LeadRouter>().RouteNewAsync(lead, isNew: true, ct);
            return true;
        }
        catch (Exception e) when (ServicesRegistration.Translate(e) is { Code: FailureCodes.Contended })
        {
            return false;
        }
    }

    /// <summary>Leads that nobody owns.</summary>
    private static Task<List<Guid>> MakeAsync(Client client) => client.Host.QueryAsync(client.TenantId, async db =>
    {
        var ids = new List<Guid>(Leads);
        foreach (var batch in Enumerable.Range(0, Leads).Chunk(500))
        {
            db.Forget();
            var leads = batch.Select(i => Lead.Create(new LeadFields { LastName = $"Lead {i}" }, "EUR", db.Stamp())).ToList();
            db.AddRange(leads);
            await db.SaveChangesAsync(Stop);
            ids.AddRange(leads.Select(lead => lead.Id));
        }

        return ids;
    });
}
