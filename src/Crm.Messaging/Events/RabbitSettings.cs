namespace Crm.Messaging.Events;

/// <summary>Which broker, and what it is told.</summary>
public sealed record RabbitSettings
{
    /// <summary>Where it is and how to sign in there; with the password, so that it is never shown.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The types of events that are published; by default all.</summary>
    public EventTypePatterns Types { get; init; } = EventTypePatterns.All;

    /// <exception cref="FormatException">It is no address of a broker; the message doesn't repeat it.</exception>
    public static Uri ParseUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
        {
            throw new FormatException("isn't the address of a broker; set it to amqp:// or amqps://, user:password@host:port and, if not the default, /virtual-host, or leave it out to publish nothing.");
        }

        if (uri.Segments.Length > 2 || uri.UserInfo.Count(c => c == ':') > 1 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new FormatException("has a character that must be written by its code; write / as %2F, : as %3A, ? as %3F, # as %23 and @ as %40 in the user, the password and the virtual host.");
        }

        return uri;
    }

    public override string ToString() => $"{Uri.Host}:{Uri.Port}";
}
