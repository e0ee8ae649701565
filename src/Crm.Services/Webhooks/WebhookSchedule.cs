using System.Security.Cryptography;

namespace Crm.Services.Webhooks;

/// <summary>When an endpoint is tried again.</summary>
public static class WebhookSchedule
{
    /// <summary>After each refusal of an event, as Standard Webhooks advise: some three days in all.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>How long an endpoint is left alone that takes nothing; twice as long each time, up to the longest.</summary>
    public static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(5);

    /// <inheritdoc cref="ShortestRest"/>
    public static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(15);

    /// <summary>How long to wait after an event was refused as often as this, by chance up to a tenth longer; null to send it no more.</summary>
    public static TimeSpan? NextTry(int tries) => tries > Waits.Length ? null : Longer(Waits[Math.Max(tries, 1) - 1]);

    /// <summary>How long to leave an endpoint alone that has had as many turns as this, and taken nothing.</summary>
    public static TimeSpan Rest(int failures) => Longer(TimeSpan.FromSeconds(Math.Min(LongestRest.TotalSeconds, ShortestRest.TotalSeconds * Math.Pow(2, Math.Clamp(failures, 1, 20) - 1))));

    /// <summary>So that what failed together doesn't come back together.</summary>
    private static TimeSpan Longer(TimeSpan wait) => wait + (wait * (RandomNumberGenerator.GetInt32(0, 1001) / 10_000.0));
}
