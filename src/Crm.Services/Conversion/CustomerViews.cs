using Crm.Contracts.Conversion;
using Crm.Database.Conversion;

namespace Crm.Services.Conversion;

internal static class CustomerViews
{
    public static CustomerView Of(Customer customer) => new()
    {
        Id = customer.Id,
        ExternalReference = customer.ExternalReference,
        LeadId = CustomerBody.LeadOf(customer.ExternalReference),
        FirstName = customer.FirstName,
        LastName = customer.LastName,
        Email = customer.Email,
        Phone = customer.Phone,
        JobTitle = customer.JobTitle,
        Company = CompanyOf(customer),
        CreatedAt = customer.CreatedAt,
    };

    private static CustomerCompanyView? CompanyOf(Customer customer) =>
        (customer.CompanyName ?? customer.CompanyWebsite ?? customer.CompanyIndustry ?? customer.CompanySize) is null ? null : new CustomerCompanyView
        {
            Name = customer.CompanyName,
            Website = customer.CompanyWebsite,
            Industry = customer.CompanyIndustry,
            Size = customer.CompanySize,
        };
}
