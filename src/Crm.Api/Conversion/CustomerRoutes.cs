using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Api.OpenApi;
using Crm.Contracts.Conversion;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Conversion;

namespace Crm.Api.Conversion;

internal static class CustomerRoutes
{
    public static void MapCustomers(this IEndpointRouteBuilder api)
    {
        var customers = api.MapGroup("/customers").WithTags("Customers").WithMetadata(new OwnFailures(Failures.KeptElsewhere));
        customers.MapGet("/", List).WithName("ListCustomers").WithSummary("List customers").RequireRole(Role.Viewer);
        customers.MapGet("/{id:guid}", Get).WithName("GetCustomer").WithSummary("Get a customer").RequireRole(Role.Viewer);
    }

    /// <summary>A rep whose sight is narrowed sees the customers that were made of leads in sight; everybody else sees all. Where <c>Registry__BaseUrl</c> names a registry, that one keeps the customers, and this answers 404.</summary>
    private static async Task<Found<Page<CustomerView>>> List(QueryOf<CustomerQuery> query, CustomerService customers, CancellationToken ct) =>
        Answers.Found(await customers.ListAsync(query.Value, ct));

    /// <summary>By the <c>customerId</c> of a lead, deal or conversion.</summary>
    private static async Task<Found<CustomerView>> Get(Guid id, CustomerService customers, CancellationToken ct) =>
        Answers.Found((await customers.FindAsync(id, ct)).OrNotFound("customer", id));
}
