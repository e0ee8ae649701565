namespace Crm.Database.Alarms;

/// <summary>A record to which something happens by the passing of time alone.</summary>
public interface IAlarmed
{
    /// <summary>When there is next something to tell; in the past for what is to be told at once, null for nothing.</summary>
    DateTimeOffset? AlarmAt { get; }

    /// <summary>Raises what has come to pass and wasn't told yet. What isn't due, or was told, raises nothing.</summary>
    void Ring(DateTimeOffset now);

    /// <summary>Lets what has come to pass be as if it had been told.</summary>
    void Hush(DateTimeOffset now);
}
