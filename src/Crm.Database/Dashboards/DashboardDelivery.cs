using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Json;
using Crm.Database.Tenancy;

namespace Crm.Database.Dashboards;

/// <summary>
/// That a dashboard was due at a time: there is one for each, so that it is delivered once. What goes by e-mail is sent by whoever holds its lease; what goes by webhook is
/// out with the row, whose transaction writes the event.
/// </summary>
public sealed class DashboardDelivery : ITenantOwned
{
    private DashboardDelivery()
    {
    }

    /// <param name="dashboard">Which.</param>
    /// <param name="dueAt">When it was due.</param>
    /// <param name="reports">Its reports with all that they are asked for with, as JSON.</param>
    /// <param name="stamp">When it is begun.</param>
    public DashboardDelivery(Dashboard dashboard, DateTimeOffset dueAt, string reports, Stamp stamp)
    {
        (TenantId, Id, DashboardId, DueAt) = (dashboard.TenantId, Guid.CreateVersion7(stamp.At), dashboard.Id, dueAt);
        var schedule = dashboard.ReadSchedule()!;
        (Channel, Name, OwnerId, Reports, CreatedAt) = (schedule.By!.Value, dashboard.Name, dashboard.OwnerId, reports, stamp.At);
        Write([.. schedule.To.Select(userId => new DeliveryRecipient { UserId = userId })]);
        if (Channel == DeliveryChannel.Webhook) (State, EndedAt) = (DeliveryState.Delivered, stamp.At);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public Guid DashboardId { get; private set; }
    public DateTimeOffset DueAt { get; private set; }
    public DeliveryChannel Channel { get; private set; }

    /// <summary>What the dashboard was called, and whose it was.</summary>
    public string Name { get; private set; } = "";

    public string OwnerId { get; private set; } = "";

    /// <summary>As JSON.</summary>
    public string Reports { get; private set; } = "";

    /// <summary>As JSON.</summary>
    public string Recipients { get; private set; } = "";

    public DeliveryState State { get; private set; }
    public int Attempts { get; private set; }

    /// <summary>When the next may take it up, by the database's clock: the end of a lease, or of a wait.</summary>
    public DateTimeOffset TryAt { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Who sends it; null for nobody.</summary>
    public Guid? Lease { get; private set; }

    public string? Problem { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    public IReadOnlyList<DeliveryRecipient> ReadRecipients() => JsonSerializer.Deserialize<List<DeliveryRecipient>>(Recipients, CrmJson.Options)!;

    /// <summary>Notes something of one of the members, and keeps the lease until then.</summary>
    public void Note(DeliveryRecipient recipient, DateTimeOffset until)
    {
        Write([.. ReadRecipients().Select(known => known.UserId == recipient.UserId ? recipient : known)]);
        TryAt = until;
    }

    /// <summary>Lets go of it until a time, for whom it hasn't reached yet.</summary>
    public void Postpone(string problem, DateTimeOffset until) => (Lease, Problem, TryAt) = (null, problem, until);

    /// <summary>Lets go of it at once, as if it hadn't been taken up.</summary>
    public void Return() => (Lease, Attempts, TryAt) = (null, Attempts - 1, DateTimeOffset.UnixEpoch);

    /// <summary>Nothing of it is left to do.</summary>
    /// <param name="problem">Why nobody has it who hasn't.</param>
    /// <param name="at">When.</param>
    public void End(string? problem, DateTimeOffset at)
    {
        var recipients = ReadRecipients();
        Write([.. recipients.Select(one => one.IsOpen ? one with { State = DeliveryState.Failed, Problem = one.Problem ?? problem } : one)]);
        var isDelivered = recipients.Any(one => one.State == DeliveryState.Delivered);
        (State, Lease, Problem, EndedAt) = (isDelivered ? DeliveryState.Delivered : DeliveryState.Failed, null, problem ?? (isDelivered ? null : "It reached none of the members; each of them says why."), at);
    }

    private void Write(IReadOnlyList<DeliveryRecipient> recipients) => Recipients = JsonSerializer.Serialize(recipients, CrmJson.Options);
}

/// <summary>A member to whom a delivery goes, and how far it is.</summary>
public sealed record DeliveryRecipient
{
    public required string UserId { get; init; }
    public DeliveryState State { get; init; }

    /// <summary>Whether the mail server is being told the mail: whoever is killed then leaves one of which nobody knows whether it went out.</summary>
    public bool IsOnTheWay { get; init; }

    public string? Problem { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Whether it is still to be sent.</summary>
    [JsonIgnore] public bool IsOpen => State == DeliveryState.Pending;
}
