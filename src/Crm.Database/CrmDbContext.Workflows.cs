using Crm.Database.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    public DbSet<Workflow> Workflows => Set<Workflow>();
    public DbSet<WorkflowVersion> WorkflowVersions => Set<WorkflowVersion>();
    public DbSet<WorkflowRun> WorkflowRuns => Set<WorkflowRun>();

    /// <summary>The tenants that have runs of workflows to go on with, whoever asks; their ids and nothing else of them.</summary>
    /// <param name="dueBy">Until when.</param>
    /// <param name="calls">Those whose next step calls a webhook, or those whose doesn't.</param>
    public abstract IQueryable<Guid> TenantsWithRuns(DateTimeOffset dueBy, bool calls);

    /// <summary>The tenants that have workflows which the clock may begin by then, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsWithClocks(DateTimeOffset nextBy);

    /// <summary>The tenants that have runs which ended before and needn't be kept, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsWithOldRuns(DateTimeOffset before);
}
