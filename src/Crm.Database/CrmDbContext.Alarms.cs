namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>The tenants that have alarms which are due, by the database's clock and whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsWithAlarms();

    /// <summary>Sets the alarms of the open deals in a stage that has been given other days until they rot; those that were told of in this stay stay told.</summary>
    public abstract Task<int> SetAlarmsOfStageAsync(Guid pipelineId, string stage, int? rottingDays, CancellationToken ct);
}
