using System.Text.Json;
using Crm.Contracts.Events;
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
        foreach (var lead in entries.Where(IsUnowned).Select(entry => entry.RecordId!.Value))
        {
            await using var work = scopes.CreateAsyncScope();
            work.ServiceProvider.GetRequiredService<TenantScope>().Enter(turn.TenantId, LeadRouter.Actor);
            await work.ServiceProvider.GetRequiredService<LeadRouter>().RouteNewAsync(lead, ct);
        }

        return [.. entries.Select(_ => Delivery.Told)];
    }

    private static bool IsUnowned(LogEntry entry) =>
        entry.Type == EventTypes.LeadCreated && (!entry.Record.TryGetProperty("ownerId", out var owner) || owner.ValueKind == JsonValueKind.Null);
}
