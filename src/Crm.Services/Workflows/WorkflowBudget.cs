namespace Crm.Services.Workflows;

/// <summary>How much workflows may do, so that those which begin each other come to an end.</summary>
internal static class WorkflowBudget
{
    /// <summary>How many workflows may begin each other in a row.</summary>
    public const int MostDepth = 8;

    /// <summary>How many runs may come of one that nothing but a user, a client or the clock began.</summary>
    public const int MostOfRoot = 500;

    /// <summary>How many runs of a workflow a record may have within <see cref="Span"/>.</summary>
    public const int MostRuns = 50;

    public static readonly TimeSpan Span = TimeSpan.FromHours(1);

    private const string Prefix = "workflow-run:";

    /// <summary>By what a run is known to the log as the cause of an event.</summary>
    public static string CredentialOf(Guid run) => $"{Prefix}{run}";

    /// <summary>The run that caused an event; null where none did.</summary>
    public static Guid? RunOf(string? credential) => credential?.StartsWith(Prefix, StringComparison.Ordinal) == true && Guid.TryParse(credential.AsSpan(Prefix.Length), out var run) ? run : null;

    /// <summary>Why a run goes no further; null where it may.</summary>
    /// <param name="depth">How many workflows began each other until this run, itself counted.</param>
    /// <param name="earlier">How many runs of the workflow the record has had within <see cref="Span"/>.</param>
    /// <param name="ofRoot">How many runs have come of the one that began the chain.</param>
    public static string? Exceeded(int depth, int earlier, int ofRoot)
    {
        if (ofRoot >= MostOfRoot) return $"{MostOfRoot} runs of workflows came of one, and they would go on. Change their actions so that they don't make ever more of what others begin with.";
        if (depth > MostDepth) return $"Workflows began each other {MostDepth} times in a row, and would go on. Change their conditions so that one doesn't bring about what the other begins with.";
        return earlier >= MostRuns ? $"This workflow ran {MostRuns} times for this record within an hour, and goes no further. Change its condition so that it doesn't bring about, be it through another service, what it begins with." : null;
    }
}
