using Crm.Database.Scoring;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    public DbSet<LeadScoring> Scorings => Set<LeadScoring>();
    public DbSet<LeadScore> LeadScores => Set<LeadScore>();

    public DbSet<ScoringModel> ScoringModels => Set<ScoringModel>();

    /// <summary>The tenants that have leads to score which nobody goes through, whoever asks; their ids and nothing else of them.</summary>
    /// <param name="dueBy">By when scores may have moved by themselves.</param>
    public abstract IQueryable<Guid> TenantsToScore(DateTimeOffset dueBy);

    /// <summary>The tenants that are to learn anew from what became of their leads, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsToTrain(DateTimeOffset dueBy);
}
