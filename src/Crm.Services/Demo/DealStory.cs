using Crm.Contracts.Deals;
using Crm.Contracts.Leads;

namespace Crm.Services.Demo;

/// <summary>A deal's way through the stages, to its end or to where it stands now.</summary>
internal sealed partial class DealStory(Plan plan, Dice dice, Company company, DemoUser owner, Planned? lead, LeadSource source)
{
    private const int Won = 4;
    private static readonly string[] Stages = ["LEAD", "QUALIFIED", "PROPOSAL", "NEGOTIATION", "CLOSED_WON"];
    private static readonly (int Least, int Most)[] DaysIn = [(2, 34), (4, 60), (6, 70), (4, 56)];
    private static readonly int[] LostOfHundred = [23, 31, 34, 24];

    private readonly Planned deal = new();
    private DateTimeOffset at;
    private decimal value;
    private DateTimeOffset begun;

    /// <param name="begin">When it is created.</param>
    /// <param name="about">Whom it is named after.</param>
    /// <param name="opening">The stage that it is created in; null for an early one.</param>
    public void Tell(DateTimeOffset begin, string about, int? opening = null)
    {
        var stage = opening ?? dice.Of([(0, 30), (1, 60), (2, 10)]);
        (begun, at) = (begin, begin);
        Create(about, stage);
        var talk = new Talk(plan, dice, owner, lead, deal);
        var stuckIn = dice.Chance(11) ? dice.Between(stage, 3) : -1;
        while (true)
        {
            talk.Some(at, dice.Skewed(0, 3));
            if (dice.Chance(70)) new Chore(plan, dice, owner, lead, deal, about).Tell(at);
            if (stage == 2 && dice.Chance(35)) Haggle();
            var (least, most) = DaysIn[stage];
            at = plan.Days.After(at, stage == stuckIn ? dice.Between(100, 260) : dice.Skewed(least, most), dice);
            if (at > plan.End)
            {
                PlanNextStep(about);
                return;
            }

            if (stage == stuckIn || dice.Below(100) < LostOfHundred[stage] + Handicap())
            {
                Lose(stage == stuckIn ? "No decision" : dice.Of(Phrases.LostReasons));
                if (stage != stuckIn && dice.Chance(9))
                {
                    stage = dice.Between(1, 3);
                    Reopen(stage);
                    continue;
                }

                if (dice.Chance(6)) Delete();
                return;
            }

            stage = Next(stage);
            Move(new MoveDeal { Stage = Stages[stage], ClosedAt = stage == Won && dice.Chance(6) ? at.AddHours(-dice.Between(1, 20)) : null });
            if (stage == Won)
            {
                Convert();
                return;
            }

            if (dice.Chance(25)) Postpone();
        }
    }

    /// <summary>One step on as a rule; sometimes one is skipped, rarely it goes back.</summary>
    private int Next(int stage)
    {
        var luck = dice.Below(100);
        if (luck < 4 && stage > 0) return stage - 1;
        return luck >= 92 && stage < 2 ? stage + 2 : stage + 1;
    }

    /// <summary>What more in a hundred is lost, stage by stage, for where the lead came from.</summary>
    private int Handicap() => source switch
    {
        LeadSource.Referral or LeadSource.Partner => -6,
        LeadSource.Advertising or LeadSource.Social => 6,
        _ => 0,
    };
}
