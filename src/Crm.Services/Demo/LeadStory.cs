using Crm.Contracts;
using Crm.Contracts.Leads;

namespace Crm.Services.Demo;

/// <summary>A lead's life: it comes in, somebody takes it and gets in touch, and it turns out to be worth a deal or not.</summary>
internal sealed class LeadStory(Plan plan, Dice dice, Company company, DateOnly arrival)
{
    private readonly Planned lead = new();
    private readonly LeadSource source = dice.Of(Phrases.Sources);
    private readonly DemoUser owner = dice.Of(DemoData.Sellers);
    private DateTimeOffset at;

    public void Tell()
    {
        var name = Arrive();
        if (dice.Chance(5))
        {
            GiveUp(); // nobody ever got in touch
            return;
        }

        at = plan.Days.After(at, dice.Chance(6) ? dice.Between(5, 25) : dice.Of([(0, 55), (1, 28), (2, 12), (4, 5)]), dice);
        var talk = new Talk(plan, dice, owner, lead, null);
        at = talk.Contact(at, answered: dice.Chance(35));
        Become(LeadStatus.Contacted);
        if (dice.Chance(62)) new Chore(plan, dice, owner, lead, null, company.Name).Tell(at);
        for (var more = dice.Skewed(0, 1); more > 0; more--) at = talk.Contact(plan.Days.After(at, dice.Skewed(1, 12), dice), dice.Chance(25));
        Decide(name, talk);
    }

    /// <summary>Returns the contact's name.</summary>
    private string Arrive()
    {
        var inbound = source is LeadSource.Website or LeadSource.Advertising or LeadSource.Social;
        var taken = !inbound || dice.Chance(45);
        var place = company.Place;
        var (first, last) = (dice.Of(place.FirstNames), dice.Of(place.LastNames));
        var fields = new LeadFields
        {
            FirstName = dice.Chance(94) ? first : null,
            LastName = last,
            Email = dice.Chance(93) ? $"{Company.Slug('.', first, last)}@{company.Domain}" : null,
            Phone = dice.Chance(75) ? company.Phone(dice) : null,
            JobTitle = dice.Chance(80) ? dice.Of(Phrases.JobTitles) : null,
            CompanyName = company.Name,
            CompanyWebsite = dice.Chance(70) ? $"https://{company.Domain}" : null,
            CompanyIndustry = company.Industry,
            CompanySize = company.Size,
            Source = source,
            EstimatedValue = dice.Chance(82) ? company.Amount(dice) : null,
            Currency = place.Currency,
            OwnerId = taken ? owner.Id : null,
            Description = dice.Of(Phrases.LeadNotes),
            Tags = dice.Chance(35) ? [dice.Of(Phrases.LeadTags), dice.Of(Phrases.LeadTags)] : null,
        };
        at = inbound && dice.Chance(40) ? plan.Days.Anytime(arrival, dice) : plan.Days.On(arrival, dice);
        plan.Add(at, inbound ? DemoData.Manager : owner, async desk => lead.Id = (await desk.Leads.CreateAsync(fields, desk.Ct)).Id);
        if (!taken)
        {
            at = plan.Days.After(at, 0, dice);
            Change(DemoData.Manager, new LeadFields { LastName = last, OwnerId = owner.Id }, nameof(LeadFields.OwnerId));
        }

        return $"{first} {last}";
    }

    private void Decide(string name, Talk talk)
    {
        if (dice.Chance(15))
        {
            at = plan.Days.After(at, dice.Between(2, 14), dice);
            Become(LeadStatus.Nurturing);
            at = talk.Contact(plan.Days.After(at, dice.Between(20, 90), dice), dice.Chance(40));
        }

        if (dice.Chance(Phrases.Quality(source)))
        {
            at = plan.Days.After(at, dice.Skewed(0, 10), dice);
            Become(LeadStatus.Qualified);
            for (var deals = dice.Chance(14) ? 2 : 1; deals > 0; deals--)
            {
                at = plan.Days.After(at, dice.Skewed(0, 6), dice);
                new DealStory(plan, dice, company, owner, lead, source).Tell(at, dice.Chance(60) ? company.Name : name);
            }
        }
        else if (dice.Chance(70))
        {
            GiveUp();
        }
    }

    private void GiveUp()
    {
        at = plan.Days.After(at, dice.Skewed(5, 60), dice);
        Become(LeadStatus.Unqualified);
        if (!dice.Chance(4)) return;
        at = plan.Days.After(at, dice.Between(3, 30), dice);
        plan.Add(at, DemoData.Manager, desk => desk.Leads.DeleteAsync(lead.Id, null, desk.Ct));
        if (!dice.Chance(20)) return;
        at = plan.Days.After(at, dice.Between(0, 2), dice);
        plan.Add(at, DemoData.Manager, desk => desk.Leads.RestoreAsync(lead.Id, null, desk.Ct));
    }

    private void Become(LeadStatus status) => Change(owner, new LeadFields { LastName = "", Status = status }, nameof(LeadFields.Status));

    private void Change(DemoUser by, LeadFields values, string member)
    {
        at = at.AddMinutes(dice.Between(1, 4));
        var change = new Changes<LeadFields>(values, new HashSet<string> { member });
        plan.Add(at, by, desk => desk.Leads.ChangeAsync(lead.Id, change, null, desk.Ct));
    }
}
