using Crm.Contracts;
using Crm.Contracts.Deals;
using Crm.Contracts.Tasks;

namespace Crm.Services.Demo;

internal sealed partial class DealStory
{
    private void Create(string about, int stage)
    {
        value = company.Amount(dice);
        var fields = new DealFields
        {
            Name = $"{about}: {dice.Of(Phrases.Offers)}",
            Stage = Stages[stage],
            Value = dice.Chance(96) ? value : null,
            Currency = company.Place.Currency,
            Probability = dice.Chance(15) ? dice.Of([(0, 15), (5, 10), (20, 20), (40, 25), (60, 15), (90, 15)]) : null,
            ExpectedCloseDate = dice.Chance(88) ? plan.Days.Day(at).AddDays(dice.Between(20, 100)) : null,
            OwnerId = owner.Id,
            Tags = dice.Chance(25) ? [dice.Of(Phrases.DealTags)] : null,
        };
        plan.Add(at, owner, async desk => deal.Id = (await desk.Deals.CreateAsync(fields with { LeadId = lead?.Id }, desk.Ct)).Id);
        if (dice.Chance(3)) HandOver();
    }

    private void HandOver()
    {
        at = plan.Days.After(at, dice.Between(0, 3), dice);
        Change(new DealFields { Name = "", OwnerId = dice.Of(DemoData.Sellers).Id }, nameof(DealFields.OwnerId), DemoData.Manager);
    }

    private void Haggle()
    {
        at = plan.Days.After(at, dice.Between(1, 6), dice);
        value = decimal.Round(value * dice.Of([(80, 15), (90, 30), (95, 25), (110, 18), (130, 12)]) / 100);
        Change(new DealFields { Name = "", Value = value }, nameof(DealFields.Value), owner);
    }

    private void Postpone()
    {
        at = plan.Days.After(at, 0, dice);
        Change(new DealFields { Name = "", ExpectedCloseDate = plan.Days.Day(at).AddDays(dice.Between(15, 70)) }, nameof(DealFields.ExpectedCloseDate), owner);
    }

    private void Lose(string reason) => Move(new MoveDeal { Stage = "CLOSED_LOST", LostReason = reason });

    private void Reopen(int stage)
    {
        at = plan.Days.After(at, dice.Between(10, 80), dice);
        Move(new MoveDeal { Stage = Stages[stage] });
    }

    /// <summary>Whoever buys becomes a customer, sooner or later.</summary>
    private void Convert()
    {
        if (lead is null || !dice.Chance(90)) return;
        at = plan.Days.After(at, dice.Skewed(0, 3), dice);
        plan.Add(at, owner, desk => desk.Conversions.ConvertAsync(lead.Id, desk.Ct));
    }

    private void Delete()
    {
        at = plan.Days.After(at, dice.Between(5, 60), dice);
        plan.Add(at, DemoData.Manager, desk => desk.Deals.DeleteAsync(deal.Id, null, desk.Ct));
        if (!dice.Chance(40)) return;
        at = plan.Days.After(at, 1, dice);
        plan.Add(at, DemoData.Manager, desk => desk.Deals.RestoreAsync(deal.Id, null, desk.Ct));
    }

    /// <summary>What is to be done next for a deal that is open now.</summary>
    private void PlanNextStep(string about)
    {
        if (dice.Chance(35)) return;
        var planned = plan.Days.On(plan.Days.Day(plan.End).AddDays(-dice.Between(4, 9)), dice);
        if (planned <= begun) return;
        new Chore(plan, dice, owner, lead, deal, about).Leave(planned, plan.Days.Due(plan.End, dice.Between(-2, 9), dice), dice.Chance(30) ? TaskPriority.High : TaskPriority.Medium);
    }

    private void Move(MoveDeal command) => plan.Add(at, owner, desk => desk.Deals.MoveToStageAsync(deal.Id, command, null, desk.Ct));

    private void Change(DealFields values, string member, DemoUser by)
    {
        var change = new Changes<DealFields>(values, new HashSet<string> { member });
        plan.Add(at, by, desk => desk.Deals.ChangeAsync(deal.Id, change, null, desk.Ct));
    }
}
