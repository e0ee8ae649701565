using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Database.Dashboards;
using Crm.Database.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    public DbSet<Dashboard> Dashboards => Set<Dashboard>();
    public DbSet<DashboardDelivery> DashboardDeliveries => Set<DashboardDelivery>();

    /// <summary>The tenants that have dashboards which were due by an instant, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsWithDashboards(DateTimeOffset dueBy);

    /// <summary>The tenants that have deliveries of dashboards to send, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsToDeliver();

    /// <summary>The deliveries of the tenant that are to be sent, the one that has waited longest first.</summary>
    public abstract IQueryable<Guid> DeliveriesDue(int most);

    /// <summary>Takes a delivery that is to be sent. It counts as another attempt.</summary>
    /// <returns>1 where it was taken, 0 where another has it, or it waits or has ended.</returns>
    public abstract Task<int> LeaseDeliveryAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct);

    /// <summary>The tenants that have deliveries of dashboards which ended and are too old to be kept, whoever asks; their ids and nothing else of them.</summary>
    /// <param name="before">From before when they are too old.</param>
    public abstract IQueryable<Guid> TenantsWithOldDeliveries(DateTimeOffset before);

    /// <summary>Writes into the event log, with the next save, that a dashboard was delivered: for all who are told of events, and for the audit.</summary>
    /// <param name="dashboard">Which; it counts the event.</param>
    /// <param name="delivered">What the event tells.</param>
    public void TellOf(Dashboard dashboard, object delivered)
    {
        var now = Stamp();
        Log(new Event
        {
            TenantId = now.TenantId,
            Id = Guid.CreateVersion7(now.At),
            Type = EventTypes.DashboardDelivered,
            Collection = "dashboards",
            RecordId = dashboard.Id,
            Version = dashboard.Tell(),
            Actor = now.By,
            OccurredAt = now.At,
            TraceId = System.Diagnostics.Activity.Current?.TraceId.ToHexString(),
            Changes = "{}",
            Record = JsonSerializer.Serialize(delivered, CrmJson.Options),
        });
    }
}
