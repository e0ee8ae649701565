using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Settings;
using Crm.Contracts.Tasks;

namespace Crm.Tests.Analytics;

/// <summary>The answer to a question, counted one by one in the ledger.</summary>
internal sealed class WorkBook(WorkLedger ledger, WorkQuestion question)
{
    private DateTimeOffset At => question.At;

    /// <summary>A line for each group, and one for all.</summary>
    public List<string> Lines => question.Report switch
    {
        "leads" => LeadLines(),
        "activities" => ActivityLines(),
        "tasks" => TaskLines(),
        _ => LeaderboardLines(),
    };

    private List<LeadView> Leads => ledger.Leads.Living(At).FindAll(lead => IsSeen(lead) && question.IsOfOwners(lead.OwnerId) && (question.Source is null || SourceOf(lead) == question.Source));

    private List<ActivityView> Activities => ledger.Activities.Living(At).FindAll(activity =>
        question.IsWithin(activity.OccurredAt) && question.IsOfOwners(activity.UserId) && IsOfSource(activity.LeadId, activity.DealId) && (IsBobs(activity.UserId) || IsSeen(activity.LeadId, activity.DealId)));

    private List<TaskView> Tasks => ledger.Tasks.Living(At).FindAll(task =>
        question.IsOfOwners(task.AssigneeId) && IsOfSource(task.LeadId, task.DealId) && (task.AssigneeId is null || IsBobs(task.AssigneeId) || IsBobs(task.CreatedBy) || IsSeen(task.LeadId, task.DealId)));

    private List<DealView> Deals => ledger.Deals.Living(At).FindAll(deal =>
        question.IsOfOwners(deal.OwnerId) && (deal.OwnerId is null || IsBobs(deal.OwnerId)) && (question.Source is null || SourceOf(ledger.Leads.Find(deal.LeadId, At)) == question.Source));

    private List<string> LeadLines()
    {
        var leads = Leads.FindAll(lead => question.IsWithin(lead.CreatedAt));
        var groups = question.Split(leads, lead => question.GroupBy switch { "owner" => lead.OwnerId, "source" => SourceOf(lead), _ => EnumNames<LeadStatus>.Of(lead.Status) }, lead => lead.CreatedAt);
        return [.. groups.Select(group => $"{group.Key ?? "none"} {Line(group.Items)}"), Line(leads)];
    }

    private string Line(List<LeadView> leads)
    {
        var answers = leads.Select(lead => (Begin: lead.CreatedAt, End: AnsweredAt(lead))).Where(answer => answer.End is not null).Select(answer => (answer.Begin, End: answer.End!.Value)).ToList();
        var waits = answers.Select(answer => Quotient.Micros(answer.End - answer.Begin)).Order().ToList();
        var working = Settings.WorkingHours.Count == 0 ? [] : answers.Select(answer => WorkingMinutes.Micros(Settings, answer.Begin, answer.End)).Order().ToList();
        var converted = leads.Count(lead => lead.ConvertedAt is not null);
        return $"{leads.Count} {waits.Count} {leads.Count - waits.Count} {converted} {Sums.Text(Quotient.Of(converted, leads.Count))} {Sums.Text(Quantile(waits, 5))} {Sums.Text(Quantile(waits, 9))} {Sums.Text(Quantile(working, 5))} {Sums.Text(Quantile(working, 9))}";
    }

    /// <summary>When somebody first turned to the lead, at its making at the earliest.</summary>
    private DateTimeOffset? AnsweredAt(LeadView lead)
    {
        var contacts = ledger.Activities.Living(At).FindAll(activity => activity.LeadId == lead.Id && activity.Direction == ActivityDirection.Outbound && activity.Type != ActivityType.Note);
        if (contacts.Count == 0) return null;
        var first = contacts.Min(activity => activity.OccurredAt);
        return first < lead.CreatedAt ? lead.CreatedAt : first;
    }

    private SettingsView Settings => ledger.Settings.Last(settings => settings.At <= At).Settings;

    private static decimal? Quantile(List<decimal> sorted, int tenths)
    {
        if (sorted.Count == 0) return null;
        var (index, rest) = Math.DivRem(tenths * (sorted.Count - 1), 10);
        var next = rest == 0 ? sorted[index] : sorted[index + 1];
        return Quotient.Of((sorted[index] * (10 - rest)) + (next * rest), 10 * 60_000_000m);
    }

    private List<string> ActivityLines()
    {
        var groups = question.Split(Activities, activity => question.GroupBy == "user" ? activity.UserId : EnumNames<ActivityType>.Of(activity.Type), activity => activity.OccurredAt);
        return [.. groups.Select(group => $"{group.Key} {group.Items.Count}"), $"{Activities.Count}"];
    }

    private List<string> TaskLines()
    {
        var due = Tasks.FindAll(task => question.IsWithin(task.DueAt));
        var groups = question.Split(due, task => question.GroupBy == "assignee" ? task.AssigneeId : EnumNames<TaskType>.Of(task.Type), task => task.DueAt!.Value);
        return [.. groups.Select(group => $"{group.Key ?? "none"} {Line(group.Items)}"), Line(due), $"{Tasks.Count(task => task.DueAt is null && task.CompletedAt is null)}"];
    }

    private string Line(List<TaskView> due)
    {
        var (onTime, late) = (due.Count(task => task.CompletedAt <= task.DueAt), due.Count(task => task.CompletedAt > task.DueAt));
        var overdue = due.Count(task => task.CompletedAt is null && task.DueAt < At);
        return $"{due.Count} {onTime} {late} {overdue} {due.Count - onTime - late - overdue} {Sums.Text(Quotient.Of(onTime, onTime + late + overdue))}";
    }

    private List<string> LeaderboardLines()
    {
        var users = Won.Select(deal => deal.OwnerId).Concat(Made.Select(deal => deal.OwnerId)).Concat(Activities.Select(activity => activity.UserId)).Concat(Done.Select(task => task.AssigneeId)).Distinct();
        var rows = users.Select(user => (User: user, Won: Won.Where(deal => deal.OwnerId == user).Sum(deal => deal.Value ?? 0), Line: Line(owner => owner == user), Counts: Counts(owner => owner == user)));
        var sorted = rows.OrderBy(row => row.User is null).ThenByDescending(row => row.Won).ThenByDescending(row => row.Counts[0]).ThenByDescending(row => row.Counts[1])
            .ThenByDescending(row => row.Counts[2]).ThenByDescending(row => row.Counts[3]).ThenBy(row => row.User, StringComparer.Ordinal);
        return [.. sorted.Select(row => $"{row.User ?? "none"} {row.Line}"), Line(_ => true)];
    }

    private List<DealView> Won => Deals.FindAll(deal => deal.Stage == "CLOSED_WON" && question.IsWithin(deal.ClosedAt));

    private List<DealView> Made => Deals.FindAll(deal => question.IsWithin(deal.CreatedAt));

    private List<TaskView> Done => Tasks.FindAll(task => question.IsWithin(task.CompletedAt));

    private int[] Counts(Func<string?, bool> isTheirs) =>
        [Won.Count(deal => isTheirs(deal.OwnerId)), Made.Count(deal => isTheirs(deal.OwnerId)), Activities.Count(activity => isTheirs(activity.UserId)), Done.Count(task => isTheirs(task.AssigneeId))];

    private string Line(Func<string?, bool> isTheirs) => $"{string.Join(' ', Counts(isTheirs))} {Sums.Text(Won.Where(deal => isTheirs(deal.OwnerId)).Sum(deal => deal.Value ?? 0))}";

    private bool IsBobs(string? user) => !question.ByBob || user == "bob";

    private bool IsSeen(LeadView lead) => lead.OwnerId is null || IsBobs(lead.OwnerId);

    private bool IsSeen(Guid? leadId, Guid? dealId) =>
        ledger.Leads.Living(At).Exists(lead => lead.Id == leadId && IsSeen(lead)) || ledger.Deals.Living(At).Exists(deal => deal.Id == dealId && (deal.OwnerId is null || IsBobs(deal.OwnerId)));

    private bool IsOfSource(Guid? leadId, Guid? dealId) =>
        question.Source is null || SourceOf(ledger.Leads.Find(leadId, At)) == question.Source || SourceOf(ledger.Leads.Find(ledger.Deals.Find(dealId, At)?.LeadId, At)) == question.Source;

    private static string? SourceOf(LeadView? lead) => lead is null ? null : EnumNames<LeadSource>.Of(lead.Source);
}
