using System.Linq.Expressions;
using Crm.Contracts.Leads;

namespace Crm.Database.Leads;

public static class LeadViews
{
    public static readonly Expression<Func<Lead, LeadView>> Projection = lead => new LeadView
    {
        Id = lead.Id,
        FirstName = lead.FirstName,
        LastName = lead.LastName,
        Email = lead.Email,
        Phone = lead.Phone,
        JobTitle = lead.JobTitle,
        CompanyName = lead.CompanyName,
        CompanyWebsite = lead.CompanyWebsite,
        CompanyIndustry = lead.CompanyIndustry,
        CompanySize = lead.CompanySize,
        Status = lead.Status,
        Source = lead.Source,
        EstimatedValue = lead.EstimatedValue,
        Currency = lead.Currency,
        OwnerId = lead.OwnerId,
        Description = lead.Description,
        Tags = lead.Tags,
        Score = lead.Score,
        ConvertedAt = lead.ConvertedAt,
        CustomerId = lead.CustomerId,
        ConvertedDealId = lead.ConvertedDealId,
        CreatedAt = lead.CreatedAt,
        CreatedBy = lead.CreatedBy,
        UpdatedAt = lead.UpdatedAt,
        UpdatedBy = lead.UpdatedBy,
        Version = lead.Version,
    };

    public static readonly Func<Lead, LeadView> Of = Projection.Compile();
}
