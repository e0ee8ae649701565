using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Database.Tenancy;
using Crm.Services.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Routing;

/// <summary>Routes leads that come without an owner. One that was routed isn't routed again, whoever tells of it twice.</summary>
public sealed class RoutingConsumer(IServiceScopeFactory scopes) : IEventConsumer
{
    public string Kind => "routing";

    public bool IsStanding => true;

    public int AtOnce => 4;

    public int AtOnceOfTenant => 1;

    /// <summary>One after the other, each in a transaction of its own.</summary>
    public int LargestWave => 10;

    public TimeSpan TurnTime => TimeSpan.FromSeconds(30);

    /// <summary>A lead may be in somebody's hands for a moment, or the database away: nothing is ever parked.</summary>
    public TimeSpan? NextTry(int tries) => TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, Math.Min(tries, 10))));

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(ConsumerTurn turn, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        var results = new List<Delivery>(entries.Count);
        foreach (var entry in entries) results.Add(IsUnowned(entry) ? await RouteAsync(turn.TenantId, entry, ct) : Delivery.Told);
        return results;
    }

    private async Task<Delivery> RouteAsync(Guid tenantId, LogEntry entry, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, LeadRouter.Actor);
        try
        {
            await work.ServiceProvider.GetRequiredService<LeadRouter>().RouteNewAsync(entry.RecordId!.Value, isNew: entry.Type == EventTypes.LeadCreated, ct);
            return Delivery.Told;
        }
        catch (CrmException e) when (e.Code == FailureCodes.ConversionPending)
        {
            return new Delivery.Refused(e.Message); // it may come to nothing
        }
    }

    private static bool IsUnowned(LogEntry entry) =>
        entry.Type is EventTypes.LeadCreated or EventTypes.LeadRestored or EventTypes.LeadStatusChanged && (!entry.Record.TryGetProperty("ownerId", out var owner) || owner.ValueKind == JsonValueKind.Null);
}
