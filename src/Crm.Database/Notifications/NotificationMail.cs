namespace Crm.Database.Notifications;

/// <summary>How far it is with a mail.</summary>
public enum MailState { Pending, Sent, GivenUp }

/// <summary>
/// A notice on its way by e-mail. Whoever sends it holds its lease; its id is the message's, so that one which had to be sent again is known for the same.
/// </summary>
public sealed class NotificationMail : Notice
{
    public MailState State { get; private set; }

    /// <summary>How often it was taken up to be sent.</summary>
    public int Attempts { get; private set; }

    /// <summary>When the next may take it up, by the database's clock: the end of a lease, or of a wait.</summary>
    public DateTimeOffset DueAt { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Who sends it; null for nobody.</summary>
    public Guid? Lease { get; private set; }

    /// <summary>Why it wasn't sent the last time, or isn't ever.</summary>
    public string? Problem { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public void Sent(DateTimeOffset at) => (State, Lease, Problem, EndedAt) = (MailState.Sent, null, null, at);

    public void GiveUp(string problem, DateTimeOffset at) => (State, Lease, Problem, EndedAt) = (MailState.GivenUp, null, problem, at);

    /// <summary>Lets go of it until it is due.</summary>
    public void Postpone(string problem, DateTimeOffset dueAt) => (Lease, Problem, DueAt) = (null, problem, dueAt);
}
