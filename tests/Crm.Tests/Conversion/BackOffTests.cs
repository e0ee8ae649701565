using System.Net;
using Crm.Contracts.Members;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>How long a conversion waits between two attempts, and when somebody is told.</summary>
public sealed class BackOffTests(StubbedHosts hosts) : IClassFixture<StubbedHosts>
{
    private const int AlertAfter = 5;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>By how much the clocks of the database and of the test may differ: of one machine, read by different means.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(50);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory, EachDatabase]
    public async Task Waits_double_up_to_five_minutes_and_after_five_failures_somebody_is_told_once(Database database)
    {
        var crm = await hosts.For(database);
        var client = crm.Host.NewTenant(Role.Manager);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        crm.Registry.Before = _ => Task.FromResult<IResult?>(Results.StatusCode(429)); // which leaves it out of account whether it is left alone
        var before = Now;
        var id = await client.PendAsync(lead);
        for (var attempt = 1; attempt <= 12; attempt++)
        {
            if (attempt > 1)
            {
                await client.LetPassAsync(id);
                before = Now;
                await crm.GoOnAsync();
            }

            await WaitsAsync(client, id, attempt, before);
        }

        crm.ErrorsOf(id).Count.ShouldBe(1);
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.Accepted);
        await WaitsAsync(client, id, attempt: 2, before: Now - LongestWait);
    }

    /// <summary>Between half of its longest wait, which doubles with each attempt, and all of it.</summary>
    private static async Task WaitsAsync(Client client, Guid id, int attempt, DateTimeOffset before)
    {
        var after = Now;
        var conversion = await client.Host.QueryAsync(client.TenantId, db => db.Conversions.AsNoTracking().SingleAsync(c => c.Id == id));
        var longest = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt - 1), LongestWait.TotalSeconds));
        conversion.Attempts.ShouldBe(attempt);
        conversion.Lease.ShouldBeNull();
        conversion.DueAt.ShouldBeInRange(before + (longest / 2) - Slack, after + longest + Slack);
        (conversion.AlertedAt is not null).ShouldBe(attempt >= AlertAfter);
        (await client.ConversionAsync(id))["nextAttemptAt"].GetDateTimeOffset().ShouldBe(conversion.DueAt);
    }
}
