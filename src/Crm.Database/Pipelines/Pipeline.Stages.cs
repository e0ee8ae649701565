using Crm.Contracts.Failures;
using Crm.Contracts.Pipelines;
using Crm.Database.Text;

namespace Crm.Database.Pipelines;

public sealed partial class Pipeline
{
    private const int MostLetters = 50;

    /// <summary>Gives the pipeline these stages in this order: those that are there already stay, those that aren't given are retired.</summary>
    private List<(Stage Retired, Stage? Successor)> Arrange(IReadOnlyList<StageFields> fields, DateTimeOffset at)
    {
        var keys = Keyed(fields);
        Check(keys);
        var retired = Present.Where(stage => keys.TrueForAll(given => given.Key != stage.Key)).ToList();
        for (var i = 0; i < keys.Count; i++)
        {
            var stage = Stages.Find(stage => stage.Key == keys[i].Key);
            if (stage is null) Stages.Add(stage = new Stage(this, keys[i].Key, keys[i].Fields.Kind));
            stage.Write(keys[i].Fields, i);
        }

        return retired.ConvertAll(stage =>
        {
            var successor = keys.Find(given => given.Fields.Replaces?.Contains(stage.Key, StringComparer.Ordinal) is true).Key;
            stage.Retire(successor, at);
            return (stage, Stages.Find(other => other.Key == successor));
        });
    }

    /// <summary>The stages with their keys: those given, and for others one made of the name, <c>DEMO_HELD</c> of <c>Demo held</c>.</summary>
    private static List<(string Key, StageFields Fields)> Keyed(IReadOnlyList<StageFields> fields) => [.. fields.Select(stage => (stage.Key ?? KeyFor(stage.Name), stage))];

    private static string KeyFor(string name)
    {
        var key = new string([.. string.Join('_', Folding.Words(name)).ToUpperInvariant().Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')]);
        return key.Length > MostLetters ? key[..MostLetters] : key;
    }

    private void Check(List<(string Key, StageFields Fields)> stages)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var i = 0; i < stages.Count; i++)
        {
            var (key, fields) = stages[i];
            var before = stages.Take(i).ToList();
            if (key.Length == 0 || !char.IsAsciiLetterUpper(key[0])) Say(i, "key", "is required, since none can be made of this name");
            else if (before.Exists(other => other.Key == key)) Say(i, "key", $"is {key}, as that of another stage; give one of its own");
            if (before.Exists(other => string.Equals(other.Fields.Name, fields.Name, StringComparison.OrdinalIgnoreCase))) Say(i, "name", "is that of another stage, case ignored");
            if (fields.Kind == StageKind.Open && i > 0 && before[^1].Fields.Kind != StageKind.Open) Say(i, "kind", "must not be OPEN behind a stage that closes");
            if (Stages.Find(stage => stage.Key == key) is { } there && there.Kind != fields.Kind) Say(i, "kind", $"can't be changed; {key} has another. Give a stage of this kind another key");
            if (ProbabilityFault(fields) is { } fault) Say(i, "probability", fault);
            if (fields.Kind != StageKind.Open && fields.RottingDays is not null) Say(i, "rottingDays", "must be null where deals are closed, which don't rot");
            if (ReplacesFault(stages, i) is { } fault2) Say(i, "replaces", fault2);
        }

        foreach (var kind in Enum.GetValues<StageKind>().Where(kind => !stages.Exists(stage => stage.Fields.Kind == kind)))
        {
            faults["/stages"] = [.. faults.GetValueOrDefault("/stages") ?? [], $"must have a stage of the kind {Contracts.Json.EnumNames<StageKind>.Of(kind)}"];
        }

        if (faults.Count > 0) throw CrmException.Invalid(faults);

        void Say(int stage, string member, string fault) => faults[$"/stages/{stage}/{member}"] = [fault];
    }

    private static string? ProbabilityFault(StageFields fields) => fields.Kind switch
    {
        StageKind.Open => fields.Probability is null ? "is required for a stage of the kind OPEN" : null,
        _ => fields.Probability is { } given && given != Stage.ProbabilityOf(fields.Kind) ? $"must be {Stage.ProbabilityOf(fields.Kind)} for this kind; leave it out" : null,
    };

    private string? ReplacesFault(List<(string Key, StageFields Fields)> stages, int index)
    {
        foreach (var key in stages[index].Fields.Replaces ?? [])
        {
            if (Stages.Exists(stage => stage.Key == key && stage.RetiredAt is not null && stage.Successor == stages[index].Key)) continue; // the same again
            if (Present.FirstOrDefault(stage => stage.Key == key) is not { } replaced) return "names a stage that isn't there";
            if (stages.Exists(given => given.Key == key)) return $"names {key}, which is still among the stages";
            if (replaced.Kind != stages[index].Fields.Kind) return $"names {key}, which is of another kind";
            if (stages.Take(index).Any(other => other.Fields.Replaces?.Contains(key, StringComparer.Ordinal) is true)) return $"names {key}, which another stage replaces";
        }

        return null;
    }
}
