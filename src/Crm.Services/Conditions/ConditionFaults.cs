using Crm.Contracts.Failures;

namespace Crm.Services.Conditions;

/// <summary>Tells the faults of several conditions at once.</summary>
internal static class ConditionFaults
{
    /// <summary>Reads a condition; null where it can't be read, and why is among the faults.</summary>
    public static Condition? Collect(Dictionary<string, string[]> faults, Func<Condition> read)
    {
        try
        {
            return read();
        }
        catch (CrmException e) when (e.Kind == FailureKind.Invalid)
        {
            foreach (var (pointer, fault) in e.Errors) faults[pointer] = [.. fault];
            return null;
        }
    }
}
