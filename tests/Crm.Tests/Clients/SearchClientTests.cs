using Crm.Contracts.Leads;
using Crm.Contracts.Search;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Clients;

public sealed class SearchClientTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Records_are_found_and_suggested_through_the_typed_client(Database database)
    {
        var crm = (await Hosts.For(database)).NewTenant().Typed();
        foreach (var name in new[] { "Ada", "Adam", "Bob" }) await crm.Leads.CreateAsync(new LeadFields { LastName = name, CompanyName = "Engines" }, null, Ct);

        var page = await crm.Search.FindAsync(new SearchQuery { Q = "engines", Types = [SearchType.Lead], Take = 2 }, Ct);
        page.Items.Select(hit => hit.Lead!.LastName).ShouldBe(["Bob", "Adam"]);
        page.Items[0].Highlights.Single().Ranges.Single().ShouldBe(new SearchRange { Start = 0, Length = 7 });
        (await crm.Search.FindAllAsync(new SearchQuery { Q = "engines", Take = 2 }, Ct).Select(hit => hit.Title).ToListAsync(Ct)).ShouldBe(["Bob", "Adam", "Ada"]);
        (await crm.Search.FindAsync(new SearchQuery(), Ct)).Items.Select(hit => hit.Title).ShouldBe(["Bob", "Adam", "Ada"]);
        (await crm.Search.SuggestAsync(new SuggestQuery { Q = "ada" }, Ct)).Items.Select(one => (one.Title, one.Detail)).ShouldBe([("Ada", "Engines"), ("Adam", "Engines")]);
        (await crm.Search.SuggestAsync(new SuggestQuery { Take = 1 }, Ct)).Items.Select(one => one.Title).ShouldBe(["Bob"]);
    }
}
