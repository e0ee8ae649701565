using System.Diagnostics;

namespace Crm.Services.Conversion;

/// <summary>
/// Places at which a test kills the process, as nothing else can: at once, with nothing cleaned up. A setting arms one, which is refused
/// in any environment but <c>Testing</c>.
/// </summary>
public static class CrashPoints
{
    public const string BeforeAttempt = "before-attempt";
    public const string BeforeCall = "before-call";
    public const string Unanswered = "unanswered";
    public const string Answered = "answered";
    public const string Stored = "stored";
    public const string Published = "published";

    public static readonly IReadOnlyList<string> All = [BeforeAttempt, BeforeCall, Unanswered, Answered, Stored, Published];

    private static string? armed;

    /// <summary>Kills the process the first time that it gets to the place.</summary>
    public static void Arm(string place) => armed = place;

    internal static void Reached(string place)
    {
        if (armed == place) Process.GetCurrentProcess().Kill();
    }
}
