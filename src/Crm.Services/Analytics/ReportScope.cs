using Crm.Contracts.Analytics;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Pipelines;
using Crm.Database.Records;
using Crm.Services.Lists;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>What a report looks at: the tenant as it was at an instant, under the caller's sight and the query's filters.</summary>
internal sealed partial class ReportScope(CrmDbContext db, Caller caller, ReportQuery query, DateTimeOffset asOf, ReportSettings settings, StageMap stages, bool isPresent)
{
    private WorkingTime? workingTime;

    public DateTimeOffset AsOf => asOf;

    public Calendar Calendar { get; } = settings.Calendar;

    /// <summary>The currency of amounts of nothing: the one asked for, else the tenant's at that instant.</summary>
    public string HomeCurrency => query.Currency ?? settings.Currency;

    /// <summary>The date at that instant.</summary>
    public DateOnly Today => Calendar.DateOf(asOf);

    public StageMap StageMap => stages;

    /// <summary>The microseconds of working time between two instants, themselves in microseconds since 1970; null where the tenant never works.</summary>
    public long? WorkingMicros(long from, long to) => (workingTime ??= new WorkingTime(Calendar, settings.WorkingHours, settings.Holidays)).Between(from, to);

    /// <summary>The stages to list: those that there were of the pipelines asked for.</summary>
    public IEnumerable<StageSnapshot> StagesListed => stages.Present.Where(stage => query.PipelineId is null || query.PipelineId.Contains(stage.PipelineId));

    /// <summary>Where the figures' deals are.</summary>
    public DrillDown DrillDown => new(query, asOf);

    /// <summary>The deals that there were, each as it was: not deleted, matching and seen.</summary>
    public IQueryable<DealSnapshot> Deals => Matching.Where(d => !d.IsDeleted);

    /// <summary>The deals that there were, deleted ones too.</summary>
    public IQueryable<DealSnapshot> Matching
    {
        get
        {
            var deals = At(db.DealSnapshots).OfMembers(query.OwnerId, d => d.OwnerId, caller);
            if (Owners is { } owners) deals = deals.Where(d => d.OwnerId != null && owners.Contains(d.OwnerId));
            if (caller.Sight is { } seen) deals = deals.Where(d => d.OwnerId == null || seen.Contains(d.OwnerId));
            if (query.PipelineId is { } pipelines) deals = deals.Where(d => pipelines.Contains(d.PipelineId));
            if (query.Source is { } sources) deals = deals.Where(d => At(db.LeadSnapshots).Any(l => l.LeadId == d.LeadId && sources.Contains(l.Source)));
            return deals;
        }
    }

    /// <summary>All that deals ever were, up to the instant.</summary>
    public IQueryable<DealSnapshot> Versions
    {
        get
        {
            var instant = asOf;
            return db.DealSnapshots.AsNoTracking().Where(s => s.At <= instant);
        }
    }

    /// <summary>All that the matching deals ever were.</summary>
    public IQueryable<DealSnapshot> History
    {
        get
        {
            if (!IsNarrowed) return Versions;
            var matching = Deals.Select(d => d.DealId).Concat(Matching.Where(d => d.IsDeleted).Select(d => d.DealId)); // each from an index of its own
            return Versions.Where(s => matching.Contains(s.DealId));
        }
    }

    /// <summary>The leads that there were, deleted ones too.</summary>
    public IQueryable<LeadSnapshot> Leads => At(db.LeadSnapshots);

    /// <summary>The stages that there were, retired ones too.</summary>
    public IQueryable<StageSnapshot> Stages => At(db.StageSnapshots);

    /// <summary>The deals that there were and that are deleted, whoever sees them.</summary>
    public IQueryable<DealSnapshot> Deleted => At(db.DealSnapshots).Where(d => d.IsDeleted);

    /// <summary>Versions with which a deal left a pipeline in which it wasn't at the instant.</summary>
    public IQueryable<DealSnapshot> Gone => PipelineChanges.Where(s => !At(db.DealSnapshots).Any(d => d.DealId == s.DealId && d.PipelineId == s.LeftPipelineId));

    /// <summary>In which stages deals that came for the first time to a stage had stood by then, of all times.</summary>
    public Task<List<Way>> WaysAsync(CancellationToken ct) => db.Ways().ToListAsync(ct);

    /// <summary>Versions with which a deal came to another pipeline.</summary>
    public IQueryable<DealSnapshot> PipelineChanges => Versions.Where(s => s.LeftPipelineId != null && s.LeftPipelineId != s.PipelineId);

    /// <summary>The pipelines asked for; null for all.</summary>
    public IReadOnlyList<Guid>? Pipelines => query.PipelineId;

    /// <summary>Whether deals are chosen by more than their pipeline.</summary>
    public bool IsOfSome => caller.Sight is not null || Owners is not null || query.OwnerId is not null || query.Source is not null;

    private bool IsNarrowed => IsOfSome || query.PipelineId is not null;

    /// <summary>The days that a report is over: those asked for, by default up to today from the first of the month eleven months before.</summary>
    /// <exception cref="CrmException">400 where the last is before the first.</exception>
    public (DateOnly From, DateOnly To) Days(PeriodQuery period)
    {
        var to = period.To ?? (period.From > Today ? period.From.Value : Today);
        var from = period.From ?? Calendar.FirstOf("month", to.AddMonths(-11));
        return InOrder(from, to);
    }

    /// <summary>The days that a forecast is over: by default twelve months from this one on.</summary>
    /// <exception cref="CrmException">400 where the last is before the first.</exception>
    public (DateOnly From, DateOnly To) DaysAhead(PeriodQuery period)
    {
        var from = period.From ?? Calendar.FirstOf("month", period.To < Today ? period.To.Value : Today);
        var to = period.To ?? Calendar.FirstOf("month", from.AddMonths(12)).AddDays(-1);
        return InOrder(from, to);
    }

    /// <summary>The day from which deals are expected in days from this one on: those before today are overdue.</summary>
    public DateOnly ExpectedFrom(DateOnly from) => from < Today ? Today : from;

    private static (DateOnly From, DateOnly To) InOrder(DateOnly from, DateOnly to) => to < from ? throw CrmException.Invalid("to", "must not be before from") : (from, to);

    private IQueryable<T> At<T>(IQueryable<T> snapshots) where T : class, ISnapshot
    {
        // The same rows: where nothing is later, those that have no end. As a constant, so that both databases know the index of these.
        if (isPresent) return snapshots.AsNoTracking().Where(s => s.Until == EF.Constant(Missing.Instant));
        var instant = asOf;
        return snapshots.AsNoTracking().Where(s => s.At <= instant && s.Until > instant);
    }
}
