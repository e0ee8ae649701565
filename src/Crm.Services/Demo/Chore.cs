using Crm.Contracts;
using Crm.Contracts.Activities;
using Crm.Contracts.Tasks;

namespace Crm.Services.Demo;

/// <summary>A task: mostly done, sometimes late, now and then forgotten.</summary>
/// <param name="plan">Where it happens.</param>
/// <param name="dice">What decides.</param>
/// <param name="user">Who is to do it.</param>
/// <param name="lead">What it is for.</param>
/// <param name="deal">What it is for.</param>
/// <param name="about">Whom its title names.</param>
internal sealed class Chore(Plan plan, Dice dice, DemoUser user, Planned? lead, Planned? deal, string about)
{
    private readonly Planned task = new();

    public void Tell(DateTimeOffset at)
    {
        var due = plan.Days.Due(at, dice.Skewed(1, 21), dice);
        var type = Create(at, due, dice.Of(Phrases.Priorities));
        if (dice.Chance(3)) at = HandOver(at);
        var luck = dice.Below(100);
        if (luck < 4) return; // forgotten
        var days = Math.Max(0, plan.Days.Day(due).DayNumber - plan.Days.Day(at).DayNumber);
        at = plan.Days.After(at, luck < 20 ? days + dice.Between(1, 6) : dice.Between(days / 2, days), dice);
        if (luck >= 98) plan.Add(at, DemoData.Manager, desk => desk.Tasks.DeleteAsync(task.Id, null, desk.Ct));
        else Complete(at, type);
    }

    /// <summary>A task that is left to do.</summary>
    public void Leave(DateTimeOffset at, DateTimeOffset due, TaskPriority priority) => Create(at, due, priority);

    /// <summary>One for nobody in particular.</summary>
    public void TellAlone(DateTimeOffset at, string title)
    {
        var fields = new TaskFields { Title = title, Priority = dice.Of(Phrases.Priorities), AssigneeId = user.Id, DueAt = dice.Chance(70) ? plan.Days.Due(at, dice.Between(1, 30), dice) : null };
        plan.Add(at, DemoData.Manager, async desk => task.Id = (await desk.Tasks.CreateAsync(fields, desk.Ct)).Id);
        if (!dice.Chance(85)) return;
        plan.Add(plan.Days.After(at, dice.Between(1, 30), dice), user, desk => desk.Tasks.CompleteAsync(task.Id, null, desk.Ct));
    }

    private TaskType Create(DateTimeOffset at, DateTimeOffset due, TaskPriority priority)
    {
        var type = dice.Of(Phrases.TaskTypes);
        var title = Phrases.TaskTitle(type, about, dice);
        var remind = dice.Chance(45) ? due.AddMinutes(-dice.Of([(15, 30), (60, 40), (24 * 60, 30)])) : (DateTimeOffset?)null;
        var fields = new TaskFields { Title = title, Type = type, Priority = priority, AssigneeId = user.Id, DueAt = due, RemindAt = remind > at ? remind : null };
        plan.Add(at, user, async desk => task.Id = (await desk.Tasks.CreateAsync(fields with { LeadId = lead?.Id, DealId = deal?.Id }, desk.Ct)).Id);
        return type;
    }

    private DateTimeOffset HandOver(DateTimeOffset at)
    {
        at = plan.Days.After(at, 0, dice);
        var change = new Changes<TaskFields>(new TaskFields { Title = "", AssigneeId = dice.Of(DemoData.Sellers).Id }, new HashSet<string> { nameof(TaskFields.AssigneeId) });
        plan.Add(at, DemoData.Manager, desk => desk.Tasks.ChangeAsync(task.Id, change, null, desk.Ct));
        return at;
    }

    private void Complete(DateTimeOffset at, TaskType type)
    {
        ActivityType? done = type switch
        {
            TaskType.Call => ActivityType.Call,
            TaskType.Email => ActivityType.Email,
            TaskType.Meeting => ActivityType.Meeting,
            _ => null,
        };
        if (done is { } activity && dice.Chance(60)) new Talk(plan, dice, user, lead, deal).Log(at.AddMinutes(-1), activity, inbound: false, task);
        plan.Add(at, user, desk => desk.Tasks.CompleteAsync(task.Id, null, desk.Ct));
        if (!dice.Chance(2)) return;
        at = plan.Days.After(at, 1, dice);
        plan.Add(at, user, desk => desk.Tasks.ReopenAsync(task.Id, null, desk.Ct));
        if (dice.Chance(70)) plan.Add(plan.Days.After(at, 2, dice), user, desk => desk.Tasks.CompleteAsync(task.Id, null, desk.Ct));
    }
}
