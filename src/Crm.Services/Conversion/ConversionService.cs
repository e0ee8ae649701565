using System.Diagnostics;
using System.Text.Json;
using Crm.Contracts.Conversion;
using Crm.Contracts.Deals;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Database;
using Crm.Database.Conversion;
using Crm.Database.Leads;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Crm.Services.Idempotency;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Conversion;

/// <summary>Makes customers of leads: one of each, whatever fails. See docs/conversion.md for the states and what each crash leaves.</summary>
public sealed partial class ConversionService(CrmDbContext db, Caller caller, IdempotencyService idempotency, ConversionRunner runner)
{
    private const int MostOfName = 200;

    /// <summary>As long as somebody who asks is kept waiting; the conversion goes on beyond it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    /// <summary>Makes sure that there is an attempt for the lead: the one that is there, else a new one, which is committed when this returns.</summary>
    /// <exception cref="CrmException">403 for a key that isn't for the deals that are to be made; 404; 409 for an unqualified lead.</exception>
    public async Task<ConversionView> BeginAsync(Guid leadId, ConvertLead command, CancellationToken ct)
    {
        if (command.Deal is not null) caller.RefuseKeyWithout("deals");
        var (begun, there) = await db.UnlessOutrunAsync(
            () => db.InTransactionAsync<(ConversionView? Begun, Guid There)>(
                async () =>
                {
                    var lead = await db.Leads.SingleOrDefaultAsync(l => l.Id == leadId, ct) ?? throw CrmException.NotFound("lead", leadId);
                    if (lead.Status == LeadStatus.Converted) return (null, await db.Conversions.Where(c => c.LeadId == leadId && c.State == ConversionState.Completed).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(ct) ?? throw Forgotten(lead));
                    if (lead.PendingConversionId is { } pending) return (null, pending);
                    var attempt = Begin(lead, command, await db.Conversions.AnyAsync(c => c.LeadId == leadId, ct), idempotency.Running);
                    CrashPoints.Reached(CrashPoints.BeforeAttempt);
                    await db.SaveChangesAsync(ct);
                    return (ConversionViews.Of(attempt, LeadViews.Of(lead)), attempt.Id);
                },
                ct),
            () => null,
            () => CrmException.Contended("lead", leadId),
            ct);
        db.Forget();
        return begun ?? await GetAsync(there, ct);
    }

    /// <summary>Goes on with a pending conversion and waits for what comes of it, but no longer than is bearable.</summary>
    /// <exception cref="CrmException">422 where the registry says no.</exception>
    public async Task<ConversionView> SettleAsync(ConversionView conversion, CancellationToken ct)
    {
        var settled = conversion.State == ConversionState.Pending ? await WaitAsync(conversion, ct) : conversion;
        return settled.State == ConversionState.Rejected ? throw Rejected(settled) : settled;
    }

    private async Task<ConversionView> WaitAsync(ConversionView conversion, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        var run = runner.Start(caller.TenantId, conversion.ConversionId);
        await Task.WhenAny(run, Task.Delay(Patience, ct));
        var pause = TimeSpan.FromMilliseconds(25);
        while (true)
        {
            var now = await GetAsync(conversion.ConversionId, ct);
            var isWaiting = now.State == ConversionState.Pending && now.Problem is null && now.Attempts > 0 && run.IsCompleted; // another instance works on it
            if (!isWaiting || Stopwatch.GetElapsedTime(begun) > Patience) return now;
            await Task.Delay(pause, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>A conversion of a lead in sight; null for none.</summary>
    public async Task<ConversionView?> FindAsync(Guid id, CancellationToken ct)
    {
        var found = await db.Conversions.AsNoTracking().Where(c => c.Id == id)
            .Join(db.Leads.WithDeleted(), c => new { c.TenantId, Id = c.LeadId }, l => new { l.TenantId, l.Id }, (c, l) => new { Attempt = c, Lead = l }).SingleOrDefaultAsync(ct);
        return found is null ? null : ConversionViews.Of(found.Attempt, found.Lead.DeletedAt is null ? LeadViews.Of(found.Lead) : null);
    }

    /// <exception cref="CrmException">404: its lead may have gone out of sight meanwhile.</exception>
    private async Task<ConversionView> GetAsync(Guid id, CancellationToken ct) => await FindAsync(id, ct) ?? throw CrmException.NotFound("conversion", id);

    /// <summary>Makes a pending conversion due at once.</summary>
    /// <exception cref="CrmException">404; 409 for one that has ended.</exception>
    public async Task<ConversionView> HurryAsync(Guid id, CancellationToken ct)
    {
        await db.UnlessOutrunAsync(
            () => db.InTransactionAsync(
                async () =>
                {
                    var conversion = await GetAsync(id, ct);
                    if (conversion.State != ConversionState.Pending) throw Ended(conversion);
                    var attempt = await db.Conversions.ForUpdate().SingleAsync(c => c.Id == id, ct);
                    if (attempt.State != ConversionState.Pending) throw Ended(ConversionViews.Of(attempt, null)); // while it was waited for
                    attempt.Hurry(db.Stamp());
                    await db.SaveChangesAsync(ct);
                    return true;
                },
                ct),
            () => null,
            () => CrmException.Contended("conversion", id),
            ct);
        return await GetAsync(id, ct);
    }

    /// <exception cref="CrmException">409 for an unqualified lead.</exception>
    private LeadConversion Begin(Lead lead, ConvertLead command, bool isRepeated, (string KeyHash, Guid Claim)? request)
    {
        var attempt = new LeadConversion(lead, CustomerBody.Write(lead), DealOf(lead, command.Deal), db.Stamp())
        {
            TraceParent = Activity.Current?.Id,
            IsRepeated = isRepeated,
            AnswerKey = request?.KeyHash,
            AnswerClaim = request?.Claim,
        };
        lead.BeginConversion(attempt.Id);
        db.Add(attempt);
        return attempt;
    }

    /// <summary>The deal that is asked for, with what the lead says where the caller says nothing.</summary>
    private string? DealOf(Lead lead, ConvertedDeal? deal)
    {
        if (deal is null) return null;
        var currency = deal.Currency ?? lead.Currency;
        return JsonSerializer.Serialize(
            new DealFields
            {
                Name = deal.Name ?? lead.CompanyName ?? NameOf(lead),
                Value = deal.Value ?? (currency == lead.Currency ? lead.EstimatedValue : null),
                Currency = currency,
                ExpectedCloseDate = deal.ExpectedCloseDate,
                OwnerId = lead.OwnerId ?? caller.UserId,
            },
            CrmJson.Options);
    }

    /// <summary>The person's name, as long as a deal's may be.</summary>
    private static string NameOf(Lead lead)
    {
        var name = string.Join(' ', new[] { lead.FirstName, lead.LastName }.OfType<string>());
        return name.Length <= MostOfName ? name : name[..(char.IsHighSurrogate(name[MostOfName - 1]) ? MostOfName - 1 : MostOfName)];
    }

    /// <summary>The registry's no, as who asked is told it.</summary>
    private static CrmException Rejected(ConversionView conversion) =>
        new(FailureKind.Unprocessable, FailureCodes.RegistryRejected, $"The registry won't have this customer: {conversion.Problem} The lead is as it was; correct what is wrong, and convert it again.")
        {
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal) { ["conversionId"] = conversion.ConversionId },
        };

    /// <summary>The conversions can be migrated away from, the customers of a registry can't.</summary>
    private static CrmException Forgotten(Lead lead) =>
        CrmException.InvalidTransition($"The lead was converted to the customer {lead.CustomerId} before the service's conversions were deleted. There is nothing to convert.");

    private static CrmException Ended(ConversionView conversion) =>
        new(FailureKind.Conflict, FailureCodes.ConversionEnded, $"The conversion {conversion.ConversionId} is {EnumNames<ConversionState>.Of(conversion.State)} already. Only a PENDING one is retried or cancelled.");
}
