using Crm.Contracts.Leads;

namespace Crm.Services.Demo;

/// <summary>Everything that happens in the demo.</summary>
internal static class Script
{
    private const int Months = 18;
    private const int Leads = 1_500;
    private const int Companies = 980;
    private const int OpeningDeals = 30;
    private const int OldCustomers = 45;
    private const int Chores = 110;

    public static Plan Write(DateTimeOffset now, TimeZoneInfo zone)
    {
        var plan = new Plan(now.AddMonths(-Months), now, new WorkingDays(zone));
        var first = plan.Days.Day(plan.Start).AddDays(1);
        var length = plan.Days.Day(now).DayNumber - first.DayNumber + 1;

        for (var i = 0; i < OpeningDeals; i++)
        {
            var dice = Dice.For("opening", i);
            var begin = plan.Days.On(first.AddDays(dice.Below(10)), dice);
            Deal(plan, dice, begin, dice.Between(1, 3));
        }

        for (var i = 0; i < OldCustomers; i++)
        {
            var dice = Dice.For("old customer", i);
            Deal(plan, dice, plan.Days.On(first.AddDays(dice.Below(length)), dice), null);
        }

        for (var i = 0; i < Leads; i++)
        {
            var dice = Dice.For("lead", i);
            var day = dice.Below(length);
            if (dice.Chance(30)) day = Math.Max(day, dice.Below(length)); // business grows
            new LeadStory(plan, dice, CompanyOf(dice), first.AddDays(day)).Tell();
        }

        for (var i = 0; i < Chores; i++)
        {
            var dice = Dice.For("chore", i);
            var user = dice.Of(DemoData.Sellers);
            new Chore(plan, dice, user, null, null, "").TellAlone(plan.Days.On(first.AddDays(dice.Below(length)), dice), dice.Of(Phrases.Chores));
        }

        return plan;
    }

    private static void Deal(Plan plan, Dice dice, DateTimeOffset begin, int? stage)
    {
        var company = CompanyOf(dice);
        new DealStory(plan, dice, company, dice.Of(DemoData.Sellers), null, LeadSource.Other).Tell(begin, company.Name, stage);
    }

    /// <summary>One of those that there are; some send several leads.</summary>
    private static Company CompanyOf(Dice dice) => Company.Make(Dice.For("company", dice.Below(Companies)));
}
