using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Workflows;
using Crm.Database.Workflows;
using Crm.Services.Conditions;

namespace Crm.Services.Workflows;

/// <summary>A workflow as it is run: what is written in it, read once.</summary>
internal sealed class WorkflowDefinition
{
    private readonly Dictionary<int, Condition> afterWaits;

    private WorkflowDefinition(WorkflowFields fields, string noun, Condition? condition, Dictionary<int, Condition> afterWaits)
    {
        (Fields, Noun, Condition, this.afterWaits) = (fields, noun, condition, afterWaits);
        var named = (condition?.Fields ?? []).Concat(afterWaits.Values.SelectMany(one => one.Fields)).Concat(fields.Actions.SelectMany(action => WorkflowText.MembersOf(action.Text)));
        Related = [.. named.Where(name => name.Contains('.', StringComparison.Ordinal)).Select(name => name.Split('.')[0]).Distinct(StringComparer.Ordinal)];
    }

    public WorkflowFields Fields { get; }

    /// <summary>What the records are called that it is for, such as <c>lead</c>.</summary>
    public string Noun { get; }

    /// <summary>For which of them; null for all.</summary>
    public Condition? Condition { get; }

    /// <summary>What of that which a record belongs to it looks at, each as it is called.</summary>
    public IReadOnlyList<string> Related { get; }

    /// <summary>Reads a workflow that was checked when it was written.</summary>
    public static WorkflowDefinition Read(string json) => Of(Workflow.Read(json));

    /// <exception cref="CrmException">400 with the pointer of each fault.</exception>
    public static WorkflowDefinition Of(WorkflowFields fields)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var noun = NounOf(fields.Trigger);
        var condition = fields.Condition is { } json ? ConditionFaults.Collect(faults, () => Read(json, fields.Trigger, noun)) : null;
        var waits = new Dictionary<int, Condition>();
        for (var i = 0; i < fields.Actions.Count; i++)
        {
            var place = $"/actions/{i}";
            WorkflowFaults.Collect(faults, fields.Actions[i], noun, place);
            if (fields.Actions[i] is { Type: WorkflowActionType.Wait, ContinueIf: { } after } && ConditionFaults.Collect(faults, () => ConditionReader.ReadOfWorkflow(after, noun, isOfEvents: false, $"{place}/continueIf")) is { } read) waits[i] = read;
        }

        return faults.Count == 0 ? new WorkflowDefinition(fields, noun, condition, waits) : throw CrmException.Invalid(faults);
    }

    /// <summary>Whether events of a type begin it.</summary>
    public bool IsFor(string eventType) => Fields.Trigger.Events?.Contains(eventType, StringComparer.Ordinal) == true;

    /// <summary>Whether it runs for a record as it is, or is after an event.</summary>
    public bool Holds(WorkflowRecord record, IReadOnlyDictionary<string, FieldChange> changes) => Condition?.Holds(record.Members, changes) != false;

    /// <summary>Whether it goes on after a wait.</summary>
    /// <param name="action">Which action the wait is, from 0 on.</param>
    /// <param name="record">As it is when the wait is over.</param>
    public bool GoesOn(int action, WorkflowRecord record) => !afterWaits.TryGetValue(action, out var after) || after.Holds(record.Members);

    private static Condition Read(JsonElement json, WorkflowTriggerFields trigger, string noun) =>
        trigger.Schedule is null ? ConditionReader.ReadOfWorkflow(json, noun, isOfEvents: trigger.Events is not null, "/condition") : ConditionReader.ReadOfRecord(json, noun, "/condition");

    private static string NounOf(WorkflowTriggerFields trigger)
    {
        if (new object?[] { trigger.Events, trigger.Inactivity, trigger.Schedule }.Count(one => one is not null) != 1) throw CrmException.Invalid("/trigger", "must have exactly one of events, inactivity and schedule");
        if (trigger.Inactivity is { } inactivity) return inactivity.Record == WorkflowRecordKind.Task ? throw CrmException.Invalid("/trigger/inactivity/record", "must be one of LEAD and DEAL: tasks have no activities of their own") : NounOf(inactivity.Record!.Value);
        if (trigger.Schedule is { } schedule) return NounOf(schedule.Record!.Value);
        var nouns = trigger.Events!.Select(type => type.Split('.')[0]).Distinct(StringComparer.Ordinal).ToList();
        if (trigger.Events!.Any(WorkflowHistory.IsDeletion)) throw CrmException.Invalid("/trigger/events", "must not tell that a record is deleted: nothing can be done to it then");
        return nouns.Count == 1 && nouns[0] != "dashboard" ? nouns[0] : throw CrmException.Invalid("/trigger/events", "must all be of one of lead, deal, task and activity");
    }

    private static string NounOf(WorkflowRecordKind kind) => kind switch { WorkflowRecordKind.Lead => "lead", WorkflowRecordKind.Deal => "deal", _ => "task" };
}
