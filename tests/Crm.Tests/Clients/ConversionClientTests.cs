using Crm.Contracts.Conversion;
using Crm.Contracts.Deals;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Tests.Kit;
using Crm.Tests.Walls;
using Shouldly;
using Xunit;

namespace Crm.Tests.Clients;

public sealed class ConversionClientTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_lead_is_converted_with_a_deal_and_without_through_the_typed_client(Database database)
    {
        var crm = (await Hosts.For(database)).NewTenant().Typed();
        var ada = await crm.Leads.CreateAsync(new LeadFields { LastName = "Lovelace", Email = "ada@engines.example" }, null, Ct);
        var grace = await crm.Leads.CreateAsync(new LeadFields { LastName = "Hopper", CompanyName = "Navy" }, null, Ct);

        var plain = await crm.Conversions.ConvertAsync(ada.Id, null, "key", Ct);
        var again = await crm.Conversions.ConvertAsync(ada.Id, null, "key", Ct);
        var withDeal = await crm.Conversions.ConvertAsync(grace.Id, new ConvertLead { Deal = new ConvertedDeal { Value = 12.5m, Currency = "USD" } }, null, Ct);

        (plain.State, plain.DealId, plain.Lead!.Status).ShouldBe((ConversionState.Completed, null, LeadStatus.Converted));
        again.ConversionId.ShouldBe(plain.ConversionId);
        var deal = await crm.Deals.GetAsync(withDeal.DealId!.Value, Ct);
        (deal.Name, deal.Value, deal.Currency, deal.CustomerId).ShouldBe(("Navy", 12.5m, "USD", withDeal.CustomerId));
        var customer = await crm.Customers.GetAsync(Guid.Parse(plain.CustomerId!), Ct);
        (customer.LeadId, customer.LastName, customer.Company).ShouldBe((ada.Id, "Lovelace", null));
        (await crm.Customers.ListAsync(new CustomerQuery { Email = ["ADA@engines.example"], LeadId = [ada.Id, grace.Id], CreatedFrom = customer.CreatedAt }, Ct)).Items.Single().ShouldBe(customer);
        (await crm.Customers.ListAllAsync(new CustomerQuery { Take = 1, Sort = "createdAt" }, Ct).Select(c => c.LeadId).ToListAsync(Ct)).ShouldBe([ada.Id, grace.Id]);
        (await Should.ThrowAsync<CrmException>(() => crm.Customers.GetAsync(Guid.CreateVersion7(), Ct))).Kind.ShouldBe(FailureKind.NotFound);
    }

    [Theory, EachDatabase]
    public async Task Several_leads_are_converted_and_their_conversions_listed(Database database)
    {
        var crm = (await Hosts.For(database)).NewTenant().Typed();
        var leads = new List<Guid>();
        for (var i = 0; i < 3; i++) leads.Add((await crm.Leads.CreateAsync(new LeadFields { LastName = $"Lovelace {i}" }, null, Ct)).Id);
        var missing = Guid.CreateVersion7();

        var outcomes = await crm.Conversions.ConvertManyAsync(new ConvertLeads { Ids = [.. leads, missing], WithDeals = true }, "key", Ct);

        outcomes.Select(outcome => outcome.LeadId).ShouldBe([.. leads, missing]);
        outcomes.Take(3).ShouldAllBe(outcome => outcome.State == ConversionState.Completed && outcome.DealId != null && outcome.Refusal == null);
        outcomes[3].Refusal!.Code.ShouldBe(FailureCodes.NotFound);
        (await crm.Conversions.ListAsync(new ConversionQuery { LeadId = [leads[1], missing], State = [ConversionState.Completed, ConversionState.Pending] }, Ct)).Items.Single().ConversionId.ShouldBe(outcomes[1].ConversionId!.Value);
        (await crm.Conversions.ListAllAsync(new ConversionQuery { Take = 2, Sort = "createdAt" }, Ct).Select(c => c.LeadId).ToListAsync(Ct)).ShouldBe(leads, ignoreOrder: true);
        (await crm.Deals.ListAsync(new DealQuery { LeadId = leads }, Ct)).Total.ShouldBe(3);
    }

    [Theory, EachDatabase]
    public async Task A_pending_conversion_is_retried_or_cancelled(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (crm, world) = (client.Typed(), await World.MakeAsync(client, "rep"));
        var other = (await world.FreshAsync()).Conversion;

        var waiting = await crm.Conversions.GetAsync(world.Conversion, Ct);
        var retried = await crm.Conversions.RetryAsync(world.Conversion, Ct);
        var cancelled = await crm.Conversions.CancelAsync(other, Ct);

        (waiting.State, waiting.NextAttemptAt, waiting.Problem).ShouldBe((ConversionState.Pending, waiting.CreatedAt.AddDays(1), "The registry is away."));
        (retried.State, cancelled.State).ShouldBe((ConversionState.Completed, ConversionState.Cancelled));
        (await Should.ThrowAsync<CrmException>(() => crm.Conversions.RetryAsync(other, Ct))).Code.ShouldBe(FailureCodes.ConversionEnded);
        (await crm.Leads.ChangeAsync(cancelled.LeadId, new { status = LeadStatus.Unqualified }, null, Ct)).Status.ShouldBe(LeadStatus.Unqualified);
        (await Should.ThrowAsync<CrmException>(() => crm.Conversions.ConvertAsync(cancelled.LeadId, null, null, Ct))).Code.ShouldBe(FailureCodes.InvalidTransition);
    }
}
