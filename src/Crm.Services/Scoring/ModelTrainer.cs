using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Scoring;

/// <summary>
/// Lets tenants that score by what is learnt learn anew: when that is switched on, and every week where outcomes have come. Whoever begins puts off when the tenant is due, so that nobody
/// else begins, too; where it is killed, another begins then.
/// </summary>
public sealed partial class ModelTrainer(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ModelTrainer> logger)
{
    /// <summary>When another may begin where one hasn't ended.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromHours(1);

    /// <summary>When it is looked again where there is too little to learn from.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>Lets all learn that are due.</summary>
    /// <returns>How many were.</returns>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToTrain(clock.GetUtcNow()).ToListAsync(ct);
        var trained = 0;
        foreach (var tenantId in tenants.Shuffle())
        {
            if (await RunAsync(tenantId, ct)) trained++;
        }

        return trained;
    }

    private async Task<bool> RunAsync(Guid tenantId, CancellationToken ct)
    {
        try
        {
            await using var work = scopes.CreateAsyncScope();
            work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, LeadScorer.Actor);
            var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
            var now = clock.GetUtcNow();
            var until = now + Claim;
            if (await db.InTransactionAsync(() => db.Scorings.Where(s => s.TrainAt <= now).ExecuteUpdateAsync(set => set.SetProperty(s => s.TrainAt, (DateTimeOffset?)until), ct), ct) == 0) return false;
            var next = now + (await work.ServiceProvider.GetRequiredService<ScoringModels>().RefreshAsync(ct) ? ScoringModels.Interval : Patience);
            await db.InTransactionAsync(() => db.Scorings.Where(s => s.TrainAt == until).ExecuteUpdateAsync(set => set.SetProperty(s => s.TrainAt, (DateTimeOffset?)next), ct), ct);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException && (Failures.IsTooSlow(e) || Failures.Translate(e) is not { Kind: FailureKind.Unavailable }))
        {
            LogFailed(logger, e, tenantId);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Learning from the outcomes of tenant {Tenant} failed; it is tried again in an hour, and the other tenants go on")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid tenant);
}
