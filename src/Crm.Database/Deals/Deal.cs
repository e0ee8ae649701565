using Crm.Contracts.Deals;
using Crm.Contracts.Pipelines;
using Crm.Database.Alarms;
using Crm.Database.Pipelines;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Crm.Database.Text;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Crm.Database.Deals;

public sealed partial class Deal : Record, IAlarmed, ITagged, ISearchable
{
    /// <summary>The stay that ended and isn't saved yet.</summary>
    private DealStay? left;

    private Deal()
    {
    }

    private Deal(Stamp stamp) : base(stamp)
    {
    }

    public string Name { get; private set; } = "";
    public Guid? LeadId { get; private set; }
    public string? CustomerId { get; private set; }
    public Guid PipelineId { get; private set; }
    public string Stage { get; private set; } = "";
    public DateTimeOffset StageEnteredAt { get; private set; }
    public decimal? Value { get; private set; }
    public string Currency { get; private set; } = "";
    public int? Probability { get; private set; }
    public DateOnly? ExpectedCloseDate { get; private set; }
    public string? OwnerId { get; private set; }
    public string? Description { get; private set; }
    public List<string> Tags { get; private set; } = [];
    public DateTimeOffset? ClosedAt { get; private set; }
    public string? LostReason { get; private set; }

    /// <summary>The keys of the stages of its pipeline in which it has ever stood, with commas between.</summary>
    public string Visited { get; private set; } = "";

    /// <summary>Microseconds that it stood in its stage before the present stay; null where it hadn't been there.</summary>
    public long? StayedBefore { get; private set; }

    public string NameKey { get; private set; } = "";
    public decimal ValueOrder { get; private set; }
    public DateOnly ExpectedCloseOrder { get; private set; }
    public DateTimeOffset ClosedOrder { get; private set; }
    public string SearchTitle { get; private set; } = "";
    public string SearchText { get; private set; } = "";

    /// <summary>The stage that <see cref="Stage"/> is the key of.</summary>
    public Stage CurrentStage { get; private set; } = null!;

    /// <summary>The stays that were loaded: for a move all of them.</summary>
    public List<DealStay> Stays { get; private set; } = [];

    public override string Noun => "deal";
    public override string Collection => "deals";

    public static Deal Create(DealFields fields, Stage stage, string currency, Stamp stamp)
    {
        var deal = new Deal(stamp) { PipelineId = stage.PipelineId };
        deal.Write(fields, currency);
        deal.Enter(stage, Closing(stage, fields.LostReason, fields.ClosedAt, stamp.At), stamp);
        deal.Raise("created");
        if (stage.Kind != StageKind.Open) deal.Raise(stage.Kind == StageKind.Won ? "won" : "lost");
        return deal;
    }

    /// <summary>Makes the deal what the fields say; a stage other than the present one is moved to by the rules of moving.</summary>
    public void Change(DealFields fields, Stage stage, string currency, Stamp stamp)
    {
        var owner = OwnerId;
        Write(fields, currency);
        if (OwnerId != owner) Raise("assigned", "ownerId");
        MoveTo(stage, fields.LostReason, fields.ClosedAt, stamp);
    }

    /// <summary>Belongs to the customer that its lead became; null where that is none.</summary>
    public void BelongTo(string? customerId) => CustomerId = customerId;

    /// <summary>What a caller could have written to make the deal what it is.</summary>
    public DealFields Fields() => new()
    {
        Name = Name,
        LeadId = LeadId,
        PipelineId = PipelineId,
        Stage = Stage,
        Value = Value,
        Currency = Currency,
        Probability = Probability,
        ExpectedCloseDate = ExpectedCloseDate,
        OwnerId = OwnerId,
        Description = Description,
        Tags = Tags,
    };

    public override object ToView(DateTimeOffset at) => DealViews.Of(this);

    internal override void RefreshKeys()
    {
        NameKey = Folding.Key(Name);
        (ValueOrder, ExpectedCloseOrder, ClosedOrder) = (Value ?? Missing.Amount, ExpectedCloseDate ?? Missing.Date, ClosedAt ?? Missing.Instant);
        RefreshSearch();
        SetAlarm();
    }

    public void RefreshSearch() => (SearchTitle, SearchText) = (Search.SearchText.Of([Name]), Search.SearchText.Of([Name, .. Tags, Description, LostReason]));

    internal override object? Snapshot(IReadOnlySet<string> changed, PropertyValues? before)
    {
        if (!DealSnapshot.Members.Overlaps(changed)) return null;
        var snapshot = new DealSnapshot(this, left, before);
        left = null;
        return snapshot;
    }

    private void Write(DealFields fields, string currency)
    {
        (Name, LeadId) = (fields.Name, fields.LeadId);
        (Value, Currency, Probability) = (fields.Value, fields.Currency ?? currency, fields.Probability);
        (ExpectedCloseDate, OwnerId, Description) = (fields.ExpectedCloseDate, fields.OwnerId, fields.Description);
        Tags = Records.Tags.Distinct(fields.Tags);
    }
}
