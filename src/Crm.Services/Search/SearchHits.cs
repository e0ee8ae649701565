using Crm.Contracts.Activities;
using Crm.Contracts.Conversion;
using Crm.Contracts.Deals;
using Crm.Contracts.Leads;
using Crm.Contracts.Search;
using Crm.Contracts.Tasks;

namespace Crm.Services.Search;

/// <summary>Records as a search shows them.</summary>
internal sealed class SearchHits(Highlighter highlighter)
{
    public SearchHit Of(LeadView lead) => new()
    {
        Type = SearchType.Lead,
        Id = lead.Id,
        Title = Name(lead.FirstName, lead.LastName),
        Highlights = highlighter.In(
        [
            ("firstName", lead.FirstName), ("lastName", lead.LastName), ("companyName", lead.CompanyName), ("email", lead.Email), ("phone", lead.Phone), ("companyWebsite", lead.CompanyWebsite),
            ("jobTitle", lead.JobTitle), ("companyIndustry", lead.CompanyIndustry), .. Tags(lead.Tags), ("description", lead.Description),
        ]),
        Lead = lead,
    };

    public SearchHit Of(DealView deal) => new()
    {
        Type = SearchType.Deal,
        Id = deal.Id,
        Title = deal.Name,
        Highlights = highlighter.In([("name", deal.Name), .. Tags(deal.Tags), ("description", deal.Description), ("lostReason", deal.LostReason)]),
        Deal = deal,
    };

    public SearchHit Of(TaskView task) => new()
    {
        Type = SearchType.Task,
        Id = task.Id,
        Title = task.Title,
        Highlights = highlighter.In(("title", task.Title), ("description", task.Description)),
        Task = task,
    };

    public SearchHit Of(ActivityView activity) => new()
    {
        Type = SearchType.Activity,
        Id = activity.Id,
        Title = activity.Subject,
        Highlights = highlighter.In(("subject", activity.Subject), ("body", activity.Body)),
        Activity = activity,
    };

    public SearchHit Of(CustomerView customer) => new()
    {
        Type = SearchType.Customer,
        Id = customer.Id,
        Title = Name(customer.FirstName, customer.LastName),
        Highlights = highlighter.In(
            ("firstName", customer.FirstName), ("lastName", customer.LastName), ("company/name", customer.Company?.Name), ("email", customer.Email), ("phone", customer.Phone),
            ("company/website", customer.Company?.Website), ("jobTitle", customer.JobTitle), ("company/industry", customer.Company?.Industry)),
        Customer = customer,
    };

    private static string Name(string? first, string last) => first is null ? last : $"{first} {last}";

    private static IEnumerable<(string, string?)> Tags(IReadOnlyList<string> tags) => tags.Select((tag, i) => ($"tags/{i}", (string?)tag));
}
