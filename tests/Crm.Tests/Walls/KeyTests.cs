using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Walls;

/// <summary>The second wall, in the real catalogue: a reference into another tenant can't be stored.</summary>
public sealed class KeyTests
{
    private const string Tenant = "tenant_id";

    /// <summary>Somebody may have an account and act for several tenants by it, so that these have no tenant to start with. They tell who may ask, and nothing that a tenant has.</summary>
    private static readonly string[] OfAccounts = ["accounts", "account_memberships", "account_sessions"];

    /// <summary>Of words that each begin with the tenant's own digits, so that no entry has records of two.</summary>
    private const string OfWords = "search_documents_by_words";

    [Theory, EachDatabase]
    public async Task Every_table_belongs_to_tenants(Database database)
    {
        var tables = (await CatalogueOf(database)).Tables;

        tables.Count.ShouldBeGreaterThanOrEqualTo(15);
        tables.Where(table => !table.Columns.Any(column => column is { Name: Tenant, IsNullable: false }))
            .Select(table => table.Name).ShouldBeEmpty($"each table needs {Tenant} NOT NULL");
    }

    [Theory, EachDatabase]
    public async Task Every_key_and_index_starts_with_the_tenant(Database database)
    {
        var tables = (await CatalogueOf(database)).Tables;

        tables.Where(table => table.PrimaryKey.Columns is not [Tenant, ..]).Select(table => table.PrimaryKey.Name).ShouldBeEmpty();
        tables.SelectMany(table => table.Indexes).Where(index => index.Parts is not [Tenant, ..]).Select(index => index.Name).ShouldBe(database == Database.Postgres ? [OfWords] : []);
    }

    [Theory, EachDatabase]
    public async Task Every_foreign_key_starts_with_the_tenant_on_both_sides(Database database)
    {
        var keys = (await CatalogueOf(database)).Tables.SelectMany(table => table.ForeignKeys).ToList();

        keys.ShouldNotBeEmpty();
        keys.Where(key => key.Columns is not [Tenant, ..] || key.PrincipalColumns is not [Tenant, ..]).Select(key => key.Name).ShouldBeEmpty();
    }

    /// <summary>Only tables that hang below others may do without a reference to their tenant: what they hang below has one.</summary>
    [Theory, EachDatabase]
    public async Task No_row_is_of_a_tenant_that_does_not_exist(Database database)
    {
        var tables = (await CatalogueOf(database)).Tables;

        foreach (var table in tables.Where(table => table.Name != "tenants")) Reaches(table).ShouldBeTrue($"{table.Name} has no way to tenants by required foreign keys");

        bool Reaches(Catalogue.Table table) => table.ForeignKeys
            .Where(key => key.Columns.All(column => !table.Columns.Single(c => c.Name == column).IsNullable))
            .Any(key => key.Principal == "tenants" || Reaches(tables.Single(other => other.Name == key.Principal)));
    }

    [Theory, EachDatabase]
    public async Task The_tables_of_accounts_are_the_only_ones_of_no_tenant_and_refer_to_no_row_of_one(Database database)
    {
        var all = (await Catalogue.ReadAsync(database, (await Hosts.For(database)).ConnectionString)).Tables;
        var accounts = all.Where(table => OfAccounts.Contains(table.Name)).ToList();

        accounts.Count.ShouldBe(OfAccounts.Length);
        accounts.SelectMany(table => table.ForeignKeys).Select(key => key.Principal).Distinct().ShouldBe(["accounts", "tenants"], ignoreOrder: true);
        all.Except(accounts).SelectMany(table => table.ForeignKeys).Where(key => OfAccounts.Contains(key.Principal)).ShouldBeEmpty();
    }

    /// <summary>The tables of tenants.</summary>
    private static async Task<Catalogue> CatalogueOf(Database database)
    {
        var all = await Catalogue.ReadAsync(database, (await Hosts.For(database)).ConnectionString);
        return all with { Tables = [.. all.Tables.Where(table => !OfAccounts.Contains(table.Name))] };
    }
}
