using Crm.Contracts.Activities;

namespace Crm.Services.Demo;

/// <summary>What a seller and a customer say to each other, about a lead or a deal.</summary>
internal sealed class Talk(Plan plan, Dice dice, DemoUser seller, Planned? lead, Planned? deal)
{
    private static readonly IReadOnlyList<(ActivityType Item, int Weight)> Types =
        [(ActivityType.Call, 38), (ActivityType.Email, 36), (ActivityType.Meeting, 14), (ActivityType.Note, 12)];

    private static readonly IReadOnlyList<(ActivityType Item, int Weight)> First = [(ActivityType.Call, 55), (ActivityType.Email, 45)];

    /// <summary>The seller gets in touch. Returns when they last spoke.</summary>
    /// <param name="at">When.</param>
    /// <param name="answered">Whether the customer comes back to them.</param>
    public DateTimeOffset Contact(DateTimeOffset at, bool answered)
    {
        Log(at, dice.Of(First), inbound: false);
        if (!answered) return at;
        at = plan.Days.After(at, dice.Skewed(0, 3), dice);
        Log(at, dice.Of(First), inbound: true);
        return at;
    }

    /// <summary>Some conversations in the days after a moment; nothing else waits for them.</summary>
    public void Some(DateTimeOffset at, int count)
    {
        for (; count > 0; count--)
        {
            at = plan.Days.After(at, dice.Skewed(0, 8), dice);
            Log(at, dice.Of(Types), dice.Chance(35));
        }
    }

    public void Log(DateTimeOffset at, ActivityType type, bool inbound, Planned? task = null)
    {
        var spoken = type is ActivityType.Call or ActivityType.Meeting;
        var fields = new ActivityFields
        {
            Type = type,
            Subject = Phrases.Subject(type, inbound, dice),
            Body = type == ActivityType.Note ? dice.Of(Phrases.NoteBodies) : type == ActivityType.Email || dice.Chance(20) ? dice.Of(Phrases.MailBodies) : null,
            OccurredAt = type == ActivityType.Email ? at : at.AddMinutes(-dice.Between(1, 40)),
            DurationMinutes = spoken ? type == ActivityType.Call ? dice.Skewed(1, 35) : dice.Between(2, 8) * 15 : null,
            Direction = type == ActivityType.Note ? null : inbound ? ActivityDirection.Inbound : ActivityDirection.Outbound,
        };
        plan.Add(at, seller, desk => desk.Activities.LogAsync(fields with { LeadId = lead?.Id, DealId = deal?.Id, TaskId = task?.Id }, desk.Ct));
    }
}
