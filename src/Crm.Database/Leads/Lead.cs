using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Crm.Database.Text;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Crm.Database.Leads;

public sealed class Lead : Record, ITagged, ISearchable
{
    private Lead()
    {
    }

    private Lead(Stamp stamp) : base(stamp)
    {
    }

    public string? FirstName { get; private set; }
    public string LastName { get; private set; } = "";
    public string? Email { get; private set; }
    public string? Phone { get; private set; }
    public string? JobTitle { get; private set; }
    public string? CompanyName { get; private set; }
    public string? CompanyWebsite { get; private set; }
    public string? CompanyIndustry { get; private set; }
    public string? CompanySize { get; private set; }
    public LeadStatus Status { get; private set; }
    public LeadSource Source { get; private set; }
    public decimal? EstimatedValue { get; private set; }
    public string Currency { get; private set; } = "";
    public string? OwnerId { get; private set; }
    public string? Description { get; private set; }
    public List<string> Tags { get; private set; } = [];
    public int? Score { get; private set; }
    public DateTimeOffset? ConvertedAt { get; private set; }
    public string? CustomerId { get; private set; }
    public Guid? ConvertedDealId { get; private set; }

    /// <summary>The conversion that is under way, while which nobody changes the lead; null for none.</summary>
    public Guid? PendingConversionId { get; private set; }

    /// <summary>How many of its versions, the last ones, told of nothing but its score.</summary>
    public int ScoredVersions { get; private set; }

    public string NameKey { get; private set; } = "";
    public string CompanyKey { get; private set; } = "";
    public string? EmailKey { get; private set; }
    public string? PhoneKey { get; private set; }

    /// <summary>The company's domain; null where neither its website nor the e-mail address tells one.</summary>
    public string? DomainKey { get; private set; }

    public decimal ValueOrder { get; private set; }
    public int ScoreOrder { get; private set; }
    public string SearchTitle { get; private set; } = "";
    public string SearchText { get; private set; } = "";

    /// <summary>The stays that were loaded: for a write the open one.</summary>
    public List<LeadStay> Stays { get; private set; } = [];

    /// <summary>Whether somebody may still make a customer of it.</summary>
    public bool IsOpen => Status is not (LeadStatus.Converted or LeadStatus.Unqualified);

    public override string Noun => "lead";
    public override string Collection => "leads";

    public static Lead Create(LeadFields fields, string currency, Stamp stamp)
    {
        if (fields.Status == LeadStatus.Converted) throw OnlyByConverting();
        var lead = new Lead(stamp);
        lead.Write(fields, currency);
        lead.Stays.Add(new LeadStay(lead, 0, stamp));
        lead.Raise("created");
        return lead;
    }

    /// <summary>Makes the lead what the fields say. Its status obeys the rules: converted comes about by converting only, and for good.</summary>
    public void Change(LeadFields fields, string currency, Stamp stamp)
    {
        RefuseWhilePending();
        var (status, owner) = (Status, OwnerId);
        if (fields.Status != status)
        {
            if (fields.Status == LeadStatus.Converted) throw OnlyByConverting();
            if (status == LeadStatus.Converted) throw CrmException.InvalidTransition("A converted lead stays converted. Its other fields may be changed.");
        }

        Write(fields, currency);
        if (Status != status) Enter(stamp);
        if (OwnerId != owner) Raise("assigned", "ownerId");
    }

    /// <summary>Gives the lead to somebody; whose it is already, it stays.</summary>
    /// <exception cref="CrmException">409 while it is being converted.</exception>
    public void Assign(string ownerId)
    {
        RefuseWhilePending();
        if (OwnerId == ownerId) return;
        OwnerId = ownerId;
        Raise("assigned", "ownerId");
    }

    /// <summary>Begins a conversion. Until it ends, the lead stays as it is.</summary>
    /// <exception cref="CrmException">409 for a lead that isn't worth it.</exception>
    public void BeginConversion(Guid conversionId)
    {
        RefuseWhilePending();
        if (Status == LeadStatus.Unqualified) throw CrmException.InvalidTransition("An UNQUALIFIED lead isn't converted. Give it another status first.");
        PendingConversionId = conversionId;
    }

    /// <summary>Becomes a customer, for good.</summary>
    public void Convert(string customerId, Guid? dealId, Stamp stamp)
    {
        (Status, CustomerId, ConvertedDealId, ConvertedAt, PendingConversionId) = (LeadStatus.Converted, customerId, dealId, stamp.At, null);
        EnterStay(stamp);
        Raise("converted", "status", "customerId", "convertedDealId", "convertedAt");
    }

    /// <summary>The conversion came to nothing; the lead is as it was before.</summary>
    public void AbandonConversion() => PendingConversionId = null;

    /// <summary>Gives it a score. That is nobody's change: it stays changed when and by whom it was, and may be changed by who has read it before.</summary>
    /// <param name="score">0 to 100.</param>
    /// <returns>Whether it had another, or none.</returns>
    public bool Rescore(int score)
    {
        if (Score == score) return false;
        Score = score;
        Raise("scored", "score");
        return true;
    }

    /// <inheritdoc/>
    public override bool IsStill(int version) => version <= Version && version >= Version - ScoredVersions;

    /// <exception cref="CrmException">409 while it is being converted.</exception>
    public void RefuseWhilePending()
    {
        if (PendingConversionId is not { } pending) return;
        throw new CrmException(FailureKind.Conflict, FailureCodes.ConversionPending, $"The lead is being converted to a customer, and can't be changed until that has ended: see /api/conversions/{pending}. A manager may cancel it.")
        {
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal) { ["conversionId"] = pending },
        };
    }

    /// <summary>What a caller could have written to make the lead what it is.</summary>
    public LeadFields Fields() => new()
    {
        FirstName = FirstName,
        LastName = LastName,
        Email = Email,
        Phone = Phone,
        JobTitle = JobTitle,
        CompanyName = CompanyName,
        CompanyWebsite = CompanyWebsite,
        CompanyIndustry = CompanyIndustry,
        CompanySize = CompanySize,
        Status = Status,
        Source = Source,
        EstimatedValue = EstimatedValue,
        Currency = Currency,
        OwnerId = OwnerId,
        Description = Description,
        Tags = Tags,
    };

    public override object ToView(DateTimeOffset at) => LeadViews.Of(this);

    internal override void RefreshKeys()
    {
        NameKey = Folding.Key(LastName, FirstName);
        CompanyKey = Folding.Key(CompanyName);
        EmailKey = Email?.ToLowerInvariant();
        PhoneKey = Text.PhoneKey.Of(Phone);
        DomainKey = CompanyDomain.Of(CompanyWebsite, Email);
        (ValueOrder, ScoreOrder) = (EstimatedValue ?? Missing.Amount, Score ?? (int)Missing.Amount);
        RefreshSearch();
    }

    public void RefreshSearch()
    {
        var name = $"{FirstName} {LastName}";
        SearchTitle = Search.SearchText.Of([name, CompanyName], [Email, CompanyWebsite], Phone);
        SearchText = Search.SearchText.Of([name, CompanyName, JobTitle, CompanyIndustry, .. Tags, Description], [Email, CompanyWebsite], Phone);
    }

    internal override object? Snapshot(IReadOnlySet<string> changed, PropertyValues? before) => LeadSnapshot.Members.Overlaps(changed) ? new LeadSnapshot(this) : null;

    internal override bool IsChange(string member) => member != "score";

    internal override void Saved(Stamp stamp, int version, bool isChanged)
    {
        ScoredVersions = isChanged ? 0 : ScoredVersions + version - Version;
        base.Saved(stamp, version, isChanged);
    }

    private static CrmException OnlyByConverting() =>
        CrmException.InvalidTransition("A lead becomes CONVERTED by being converted to a customer, not by setting its status.");

    private void Enter(Stamp stamp)
    {
        EnterStay(stamp);
        Raise("status_changed", "status");
    }

    private void EnterStay(Stamp stamp)
    {
        var open = Stays.Single(stay => stay.LeftAt is null);
        if (stamp.At < open.EnteredAt) stamp = stamp with { At = open.EnteredAt }; // by another machine's clock, which is behind
        open.Leave(stamp.At);
        Stays.Add(new LeadStay(this, open.Ordinal + 1, stamp));
    }

    private void Write(LeadFields fields, string currency)
    {
        (FirstName, LastName) = (fields.FirstName, fields.LastName);
        (Email, Phone, JobTitle) = (fields.Email, fields.Phone, fields.JobTitle);
        (CompanyName, CompanyWebsite) = (fields.CompanyName, fields.CompanyWebsite);
        (CompanyIndustry, CompanySize) = (fields.CompanyIndustry, fields.CompanySize);
        (Status, Source) = (fields.Status, fields.Source);
        (EstimatedValue, Currency) = (fields.EstimatedValue, fields.Currency ?? currency);
        (OwnerId, Description) = (fields.OwnerId, fields.Description);
        Tags = Records.Tags.Distinct(fields.Tags);
    }
}
