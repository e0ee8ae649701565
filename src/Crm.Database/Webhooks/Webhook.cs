using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Webhooks;
using Crm.Database.Tenancy;

namespace Crm.Database.Webhooks;

/// <summary>An endpoint that is told of a tenant's events. Its secret is kept as it is, since every event is signed by it.</summary>
public sealed class Webhook : ITenantOwned
{
    /// <summary>How long an endpoint may take nothing until it is told no more. Longer than an event is tried for, so that a single one that it doesn't take is given up before.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(4);

    /// <summary>Longer than between two tries of an event: after as much time without any, a failure is the first.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(2);

    private Webhook()
    {
    }

    public Webhook(WebhookFields fields, byte[] secret, Stamp stamp)
    {
        (TenantId, Id, Secret) = (stamp.TenantId, Guid.CreateVersion7(stamp.At), secret);
        (CreatedAt, CreatedBy, UpdatedAt, UpdatedBy, Version) = (stamp.At, stamp.By, stamp.At, stamp.By, 1);
        Write(new WebhookChange { Url = fields.Url, Name = fields.Name, Types = fields.Types, Filter = fields.Filter });
        if (!fields.Enabled) (State, DisabledAt, DisabledReason) = (WebhookState.Disabled, stamp.At, WebhookDisabledReason.Requested);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string Url { get; private set; } = "";
    public string? Name { get; private set; }
    public List<string>? Types { get; private set; }

    /// <summary>A condition, as JSON; null for none.</summary>
    public string? Filter { get; private set; }

    public WebhookState State { get; private set; } = WebhookState.Active;
    public DateTimeOffset? DisabledAt { get; private set; }
    public WebhookDisabledReason? DisabledReason { get; private set; }
    public byte[] Secret { get; private set; } = [];

    /// <summary>The secret before this one, which signs too for a while.</summary>
    public byte[]? PreviousSecret { get; private set; }

    public DateTimeOffset? PreviousSecretUntil { get; private set; }

    /// <summary>How many turns it has had since it took something last.</summary>
    public int Failures { get; private set; }

    public DateTimeOffset? FailingSince { get; private set; }
    public DateTimeOffset? LastDeliveredAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public string CreatedBy { get; private set; } = "";
    public DateTimeOffset UpdatedAt { get; private set; }
    public string UpdatedBy { get; private set; } = "";
    public int Version { get; private set; }

    /// <summary>What of it can be changed, as it is.</summary>
    public WebhookChange Fields() => new() { Url = Url, Name = Name, Types = Types, Filter = Filter is null ? null : JsonSerializer.Deserialize<JsonElement>(Filter, CrmJson.Options) };

    /// <summary>The secrets that sign at a moment, the present one first.</summary>
    public IReadOnlyList<byte[]> SecretsAt(DateTimeOffset now) => PreviousSecret is { } previous && now < PreviousSecretUntil ? [Secret, previous] : [Secret];

    /// <returns>False where nothing differs.</returns>
    public bool Change(WebhookChange fields, Stamp stamp)
    {
        var (url, name, types, filter) = (Url, Name, Types, Filter);
        Write(fields);
        var isSame = url == Url && filter == Filter && (types is null ? Types is null : Types is not null && types.SequenceEqual(Types, StringComparer.Ordinal));
        if (isSame && name == Name) return false;
        if (!isSame) (Failures, FailingSince) = (0, null); // it is another endpoint now, or is told of other things
        Touch(stamp);
        return true;
    }

    /// <summary>Gives it another secret; the one until now signs too for as long as this.</summary>
    public void Rotate(byte[] secret, TimeSpan overlap, Stamp stamp)
    {
        (PreviousSecret, PreviousSecretUntil, Secret) = (Secret, stamp.At + overlap, secret);
        Touch(stamp);
    }

    /// <returns>False for one that is active.</returns>
    public bool Enable(Stamp stamp)
    {
        if (State == WebhookState.Active) return false;
        (State, DisabledAt, DisabledReason, Failures, FailingSince) = (WebhookState.Active, null, null, 0, null);
        Touch(stamp);
        return true;
    }

    /// <returns>False for one that is disabled.</returns>
    public bool Disable(WebhookDisabledReason reason, Stamp stamp)
    {
        if (State == WebhookState.Disabled) return false;
        (State, DisabledAt, DisabledReason) = (WebhookState.Disabled, stamp.At, reason);
        Touch(stamp);
        return true;
    }

    /// <summary>It took something.</summary>
    public void Deliver(DateTimeOffset at) => (Failures, FailingSince, LastDeliveredAt) = (0, null, at);

    /// <summary>It had a turn, and took nothing.</summary>
    /// <param name="since">When the turn's first attempt was made.</param>
    /// <param name="last">When the last attempt before was made; null where there is none.</param>
    public void Fail(DateTimeOffset since, DateTimeOffset? last) => (Failures, FailingSince) = (Failures + 1, since - last > LongestPause ? since : FailingSince ?? since);

    /// <summary>Whether it has taken nothing for too long.</summary>
    public bool IsLost(DateTimeOffset now) => FailingSince is { } since && now - since > Patience;

    private void Write(WebhookChange fields) =>
        (Url, Name, Types, Filter) = (fields.Url, fields.Name, fields.Types is null ? null : [.. fields.Types.Order(StringComparer.Ordinal)], fields.Filter is { } filter ? JsonSerializer.Serialize(filter, CrmJson.Options) : null);

    private void Touch(Stamp stamp) => (UpdatedAt, UpdatedBy, Version) = (stamp.At, stamp.By, Version + 1);
}
