using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Registry.Customers;

internal static class CustomerRoutes
{
    private const int MaxTake = 200;
    private const int MaxKeyLength = 255;

    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = app.MapGroup("/api/customers").WithTags("Customers")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized);
        customers.MapPost("/", Register).WithName("RegisterCustomer").WithSummary("Register a customer, once")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        customers.MapGet("/", List).WithName("ListCustomers").WithSummary("List customers, or find one by its reference or e-mail address");
        customers.MapGet("/{id:guid}", Get).WithName("GetCustomer").WithSummary("Get a customer").ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The same key and body again answers the same. 409 names the <c>id</c> of who has the reference or e-mail address; 422 says why somebody can't be registered.</summary>
    private static async Task<Results<Created<Customer>, ProblemHttpResult>> Register(
        CustomerFields fields, [FromHeader(Name = "X-Tenant-Id")] Guid tenantId, [FromHeader(Name = "Idempotency-Key")] string? key, CustomerStore customers, CancellationToken ct)
    {
        if (key?.Length > MaxKeyLength) return Problem(StatusCodes.Status400BadRequest, $"Idempotency-Key has more than {MaxKeyLength} characters.");
        fields = CustomerRules.Trimmed(fields);
        if (CustomerRules.Refuse(fields) is { } reason) return Problem(StatusCodes.Status422UnprocessableEntity, reason);
        return await customers.RegisterAsync(tenantId, string.IsNullOrEmpty(key) ? null : key, fields, ct) switch
        {
            Registration.Made made => TypedResults.Created($"/api/customers/{made.Customer.Id}", made.Customer),
            Registration.Exists exists => TypedResults.Problem(
                "A customer with this reference or e-mail address is registered already.", statusCode: StatusCodes.Status409Conflict,
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = exists.Id }),
            _ => Problem(StatusCodes.Status422UnprocessableEntity, "This Idempotency-Key was sent before, with another body."),
        };
    }

    /// <param name="tenantId">Whose customers.</param>
    /// <param name="externalReference">Only the one of this reference.</param>
    /// <param name="email">Only the one of this address.</param>
    /// <param name="after">The <c>nextAfter</c> of the page before.</param>
    /// <param name="take">How many at most, 1 to 200.</param>
    /// <param name="customers">Where they are.</param>
    /// <param name="ct">Stops it.</param>
    private static async Task<Results<Ok<CustomerPage>, ProblemHttpResult>> List(
        [FromHeader(Name = "X-Tenant-Id")] Guid tenantId, string? externalReference, string? email, CustomerStore customers, CancellationToken ct, long after = 0, int take = 50) =>
        take is < 1 or > MaxTake
            ? Problem(StatusCodes.Status400BadRequest, $"take must be from 1 to {MaxTake}.")
            : TypedResults.Ok(await customers.ListAsync(tenantId, externalReference, email, after, take, ct));

    private static async Task<Results<Ok<Customer>, ProblemHttpResult>> Get(Guid id, [FromHeader(Name = "X-Tenant-Id")] Guid tenantId, CustomerStore customers, CancellationToken ct) =>
        await customers.FindAsync(tenantId, id, ct) is { } customer ? TypedResults.Ok(customer) : Problem(StatusCodes.Status404NotFound, "There is no such customer.");

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
