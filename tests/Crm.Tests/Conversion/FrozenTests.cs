using System.Diagnostics;
using System.Net;
using Crm.Contracts.Conversion;
using Crm.Database.Conversion;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A process that stands still for longer than its lease lasts, and wakes.</summary>
public sealed class FrozenTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Frozen_past_its_lease_a_process_wakes_and_writes_nothing()
    {
        await using var registry = await StubRegistry.StartAsync();
        await using var window = await CrmHost.StartAsync(Database.Postgres, await Hosts.NewDatabaseAsync(Database.Postgres));
        var user = window.NewTenant();
        await using var frozen = ProgramCalls.Start(window, registry);
        using var http = await frozen.HttpAsync(user);
        var lead = await user.MakeAsync("leads", new { lastName = "Lovelace" });
        using var freezer = Process.Start(new ProcessStartInfo("sh", ["-c", $"read now && kill -STOP {frozen.Id}"]) { RedirectStandardInput = true, UseShellExecute = false })!;
        var (asleep, wakes) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        registry.Before = async context =>
        {
            if (!HttpMethods.IsPost(context.Request.Method) || registry.Posts > 1) return null;
            await freezer.StandardInput.WriteLineAsync(); // which is at hand already, as the call has a time limit
            await freezer.WaitForExitAsync();
            asleep.SetResult();
            await wakes.Task;
            return Results.Json(new { id = "told-too-late" }, statusCode: StatusCodes.Status201Created);
        };

        var asked = http.ConvertAsync(lead, "one");
        await asleep.Task;
        await using var other = ProgramCalls.Start(window, registry); // not earlier, or it may take the lease first
        var held = await ConversionAsync(user);
        (held.Lease is not null, held.Problem).ShouldBe((true, null));
        var conversion = await UntilEndedAsync(user);
        var customer = registry.Made.ShouldHaveSingleItem().Id;
        var before = await DataHash.OfAsync(window, user.TenantId, "log_consumers");
        wakes.SetResult();
        await WakeAsync(frozen);

        await frozen.SaysAsync("took longer than its lease");
        (await asked).ShouldBe(HttpStatusCode.OK)["customerId"].GetString().ShouldBe(customer);
        (await DataHash.OfAsync(window, user.TenantId, "log_consumers")).ShouldBe(before);
        conversion.EndedAt!.Value.ShouldBeGreaterThan(held.DueAt);
        (conversion.State, conversion.CustomerId, conversion.Attempts).ShouldBe((ConversionState.Completed, customer, 2));
        (await user.GetAsync($"/api/leads/{lead}"))["customerId"].GetString().ShouldBe(customer);
        (await user.EventsAsync(lead)).ShouldBe(["lead.created", "lead.converted"]);
        await Invariants.AssertAsync(window, user.TenantId);
        (await http.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<LeadConversion> UntilEndedAsync(Client user)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var conversion = await ConversionAsync(user);
            if (conversion.State != ConversionState.Pending) return conversion;
            since.Elapsed.ShouldBeLessThan(Patience, "the other process doesn't take over");
            await Task.Delay(50);
        }
    }

    private static Task<LeadConversion> ConversionAsync(Client user) =>
        user.Host.QueryAsync(user.TenantId, db => db.Conversions.AsNoTracking().SingleAsync());

    private static async Task WakeAsync(CrmProcess program)
    {
        using var kill = Process.Start("kill", ["-CONT", $"{program.Id}"]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }
}
