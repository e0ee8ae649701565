using Crm.Database;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>What reports are read in.</summary>
public sealed class MomentTests
{
    [Theory, EachDatabase]
    public async Task What_is_read_together_is_of_one_moment_and_keeps_nobody_from_writing(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("deals", new { name = "Before" });

        var (first, second) = await client.Host.QueryAsync(client.TenantId, db => db.ReadAsync(
            ReadPurpose.Rows,
            async () =>
            {
                var before = await db.Deals.Select(d => d.Name).ToListAsync();
                await client.MakeAsync("deals", new { name = "Meanwhile" });
                return (before, await db.Deals.Select(d => d.Name).ToListAsync());
            },
            TestContext.Current.CancellationToken));

        first.ShouldBe(["Before"]);
        second.ShouldBe(first);
        (await client.GetAsync("/api/deals")).Items.Count.ShouldBe(2);
    }
}
