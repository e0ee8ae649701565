using Crm.Database.Text;
using Crm.Services.Operations;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Leads;

/// <summary>The domain by which leads of one company are known.</summary>
public sealed class CompanyDomainTests
{
    [Theory]
    [InlineData("https://www.Fjordline.example/about?x=1#top", null, "fjordline.example")]
    [InlineData("fjordline.example", "grace@other.example", "fjordline.example")]
    [InlineData("http://shop.fjordline.example:8080", null, "shop.fjordline.example")]
    [InlineData("WWW.fjordline.example.", null, "fjordline.example")]
    [InlineData("https://www.gmail.com", "grace@fjordline.example", "fjordline.example")]
    [InlineData("https://bücher.example", null, "xn--bcher-kva.example")]
    [InlineData(null, "Grace@Fjordline.Example", "fjordline.example")]
    [InlineData(null, "grace@gmail.com", null)]
    [InlineData(null, "grace@bücher.example", "xn--bcher-kva.example")]
    [InlineData(null, null, null)]
    public void A_companys_website_counts_before_the_address_and_free_mail_is_no_company(string? website, string? email, string? domain) => CompanyDomain.Of(website, email).ShouldBe(domain);

    [Theory]
    [InlineData("localhost")]
    [InlineData("https://")]
    [InlineData("a..b")]
    [InlineData("under_score.example")]
    [InlineData("")]
    public void What_is_no_domain_is_none(string website) => CompanyDomain.Of(website, null).ShouldBeNull();

    [Theory, EachDatabase]
    public async Task Leads_of_before_have_theirs_as_if_they_had_been_written_since(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var client = host.NewTenant();
        (string? Website, string? Email)[] leads =
        [
            ("https://www.Fjordline.example/about?x=1#top", null), ("fjordline.example", "grace@other.example"), ("http://shop.fjordline.example:8080", null), ("WWW.fjordline.example", null), ("https://fjordline.example?x=/y", null),
            ("https://www.gmail.com", "grace@fjordline.example"), ("fjordline.example#a?b", null), (null, "Grace@Fjordline.Example"), (null, "grace@gmail.com"), (null, null), ("www.example", null), ("FTP.example/www.other.example", null),
        ];
        foreach (var (website, email) in leads) await client.MakeAsync("leads", new { lastName = "Hopper", companyWebsite = website, email });
        var written = await DomainsAsync();

        await MigrateAsync("20261130000001_search");
        await MigrateAsync(null);

        (await DomainsAsync()).ShouldBe(written);
        written.OfType<string>().Count().ShouldBeGreaterThanOrEqualTo(9);

        Task MigrateAsync(string? to) => host.Services.GetRequiredService<DatabaseService>().MigrateAsync(to, TestContext.Current.CancellationToken);

        Task<List<string?>> DomainsAsync() => host.QueryAsync(client.TenantId, db => db.Leads.OrderBy(l => l.Id).Select(l => l.DomainKey).ToListAsync());
    }
}
