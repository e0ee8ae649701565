using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Events;

/// <summary>Which changes, from where on.</summary>
public sealed record FeedQuery
{
    public const int MaxTake = 200;

    /// <summary>The most seconds that an answer is waited for.</summary>
    public const int MaxWait = 30;

    /// <summary>The <c>next</c> of the answer before, or the <c>sequence</c> of an event: what follows it comes. <c>latest</c> begins with what happens from now on; without it the feed begins with the first change there was.</summary>
    [RegularExpression("^(latest|[0-9]{1,18})$"), StringLength(18)] public string? After { get; init; }

    /// <summary>Only events of these types, such as <c>deal.won</c>.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>How many events an answer holds at most.</summary>
    [Range(1, MaxTake)] public int Take { get; init; } = 50;

    /// <summary>Where there is nothing yet, how long to wait for something, such as <c>30s</c>: up to 30 seconds.</summary>
    [RegularExpression("^(30|[12]?[0-9])s?$"), StringLength(3)] public string? Wait { get; init; }
}

/// <summary>Changes in the order of the log: a record's in the order of its versions.</summary>
public sealed record FeedPage
{
    public required IReadOnlyList<EventView> Items { get; init; }

    /// <summary>Give it as <c>after</c> to go on from here, now or at any later time: nothing is skipped or repeated.</summary>
    public required string Next { get; init; }

    /// <summary>Whether more is there already.</summary>
    public required bool HasMore { get; init; }
}

/// <summary>Which changes are sent while they happen.</summary>
public sealed record StreamQuery
{
    /// <summary>Where to go on: the <c>id</c> of the last event received, or the <c>next</c> of a feed. Without it and without <c>Last-Event-ID</c>, which goes before it, the stream begins with what happens from now on.</summary>
    [RegularExpression("^(latest|[0-9]{1,18}([.][0-9]{1,18})?)$"), StringLength(37)] public string? After { get; init; }

    /// <summary>Only events of these types, such as <c>deal.won</c>; <c>notification</c> stands for the caller's notifications.</summary>
    public IReadOnlyList<string>? Types { get; init; }
}
