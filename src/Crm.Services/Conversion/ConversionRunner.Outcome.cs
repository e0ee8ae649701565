using System.Security.Cryptography;
using Crm.Contracts.Conversion;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Conversion;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Pipelines;
using Crm.Services.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Conversion;

public sealed partial class ConversionRunner
{
    private const int AlertAfter = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>Writes what came of an attempt: lead, deal, event and the answer of who asked, all or nothing.</summary>
    /// <returns>False where the lease has gone to another: then nothing is written.</returns>
    private async Task<bool> WriteAsync(LeadConversion attempt, RegistryAnswer answer)
    {
        await using var work = Enter(attempt.TenantId, attempt.Actor, out var db);
        var scope = work.ServiceProvider.GetRequiredService<TenantScope>();
        (scope.Credential, scope.Address) = (attempt.Credential, attempt.Address);
        return await db.UnlessOutrunAsync(
            () => db.InTransactionAsync(
                async () =>
                {
                    if (await db.HeldAsync(attempt.Id, attempt.Lease!.Value, CancellationToken.None) is not { } held)
                    {
                        LogLost(logger, attempt.Id);
                        return false;
                    }

                    await SettleAsync(db, work.ServiceProvider, held, answer);
                    return true;
                },
                CancellationToken.None),
            () => null,
            () => CrmException.Contended("conversion", attempt.Id),
            CancellationToken.None);
    }

    private async Task SettleAsync(CrmDbContext db, IServiceProvider services, LeadConversion held, RegistryAnswer answer)
    {
        switch (answer)
        {
            case RegistryAnswer.Customer(var customerId):
                await Completion.CompleteAsync(db, services.GetRequiredService<PipelineService>(), held, customerId, CancellationToken.None);
                return;
            case RegistryAnswer.Nobody: // asked by who cancels
                held.Cancel(db.Stamp());
                await LetGoAsync(db, held, EventTypes.ConversionCancelled);
                break;
            case RegistryAnswer.Rejected(var reason, _):
                held.Reject(reason, db.Stamp());
                await LetGoAsync(db, held, EventTypes.ConversionRejected);
                break;
            case RegistryAnswer.Later(var problem, var after):
                Postpone(held, problem, await db.NowAsync(CancellationToken.None) + Wait(held.Attempts, after), held.Attempts >= AlertAfter, db.Stamp().At);
                break;
            case RegistryAnswer.Unsearchable: // likewise
                Postpone(held, "The registry can't be searched.", await db.NowAsync(CancellationToken.None) + Wait(held.Attempts, null), alert: false, db.Stamp().At);
                break;
            case RegistryAnswer.Nonsense(var problem):
                Postpone(held, problem, await db.NowAsync(CancellationToken.None) + Wait(held.Attempts, null), alert: true, db.Stamp().At);
                break;
        }

        await db.SaveChangesAsync(CancellationToken.None);
    }

    /// <summary>The lead is as it was before. As no event of the lead tells of it, the audit does.</summary>
    private static async Task LetGoAsync(CrmDbContext db, LeadConversion held, string type)
    {
        (await Completion.LeadAsync(db, held.LeadId, CancellationToken.None)).AbandonConversion();
        db.Audit(type, "conversions", $"{held.Id}", Differences.Of("state", ConversionState.Pending, held.State));
    }

    private void Postpone(LeadConversion held, string problem, DateTimeOffset dueAt, bool alert, DateTimeOffset at)
    {
        if (alert && held.AlertedAt is null) LogAlert(logger, held.Id, held.TenantId, held.Attempts);
        held.Postpone(problem, dueAt, alert ? at : null);
    }

    /// <summary>Twice as long each time, up to five minutes, and by chance down to half of that, so that those who failed together don't come back together.</summary>
    private static TimeSpan Wait(int attempts, TimeSpan? asked)
    {
        var longest = Math.Min(LongestWait.TotalMilliseconds, FirstWait.TotalMilliseconds * Math.Pow(2, Math.Min(attempts, 20) - 1));
        var wait = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)(longest / 2), (int)longest + 1));
        return asked is { } least && least > wait ? TimeSpan.FromMilliseconds(Math.Min(least.TotalMilliseconds, LongestWait.TotalMilliseconds)) : wait;
    }

    [LoggerMessage(LogLevel.Warning, "Conversion {Conversion} took longer than its lease and has gone to another; nothing was written")]
    private static partial void LogLost(ILogger logger, Guid conversion);

    [LoggerMessage(LogLevel.Error, "Conversion {Conversion} of tenant {Tenant} isn't getting on after {Attempts} attempts; it goes on being tried. Look at the registry, and at the conversion's problem")]
    private static partial void LogAlert(ILogger logger, Guid conversion, Guid tenant, int attempts);
}
