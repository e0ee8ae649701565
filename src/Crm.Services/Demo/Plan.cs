using Crm.Services.Activities;
using Crm.Services.Deals;
using Crm.Services.Leads;
using Crm.Services.Tasks;

namespace Crm.Services.Demo;

/// <summary>A record of the plan, whose id is known once it is written.</summary>
internal sealed class Planned
{
    public Guid Id { get; set; }
}

/// <summary>Through what the plan is carried out: what people use, too.</summary>
internal sealed record Desk(LeadService Leads, DealService Deals, TaskService Tasks, ActivityService Activities, DemoConversions Conversions, CancellationToken Ct);

/// <summary>Something that a user does at an instant.</summary>
internal sealed record Step(DateTimeOffset At, DemoUser By, Func<Desk, Task> Act);

/// <summary>All that happens until the plan ends, in the order of time. What would come later is left out.</summary>
internal sealed class Plan(DateTimeOffset start, DateTimeOffset end, WorkingDays days)
{
    private readonly List<Step> steps = [];

    public DateTimeOffset Start => start;

    public DateTimeOffset End => end;

    public WorkingDays Days => days;

    public void Add(DateTimeOffset at, DemoUser by, Func<Desk, Task> act)
    {
        if (at <= end) steps.Add(new Step(at, by, act));
    }

    /// <summary>Everybody's steps in one order; of two at one instant the one planned first.</summary>
    public IReadOnlyList<Step> InOrder() => [.. steps.OrderBy(step => step.At)];
}
