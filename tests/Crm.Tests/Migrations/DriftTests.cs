using Crm.Database;
using Crm.Database.Accounts;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Migrations;

/// <summary>The scripts make the tables and the mappings use them: here they are held against each other.</summary>
public sealed class DriftTests
{
    /// <summary>Indexes over expressions, which the model can't say: the one of words, on PostgreSQL.</summary>
    private static readonly string[] InScriptsOnly = ["search_documents_by_words"];

    /// <summary>What the index of words is made of, on PostgreSQL: written by triggers and read by a function, so that no model knows it.</summary>
    private const string OfSearch = "search_documents";

    /// <summary>What holds a membership to its tenant. The model of accounts knows no tables of tenants, so that nothing can read them by it.</summary>
    private static readonly string[] ForeignKeysInScriptsOnly = ["account_memberships_tenant_id_fk"];

    [Theory, EachDatabase]
    public async Task The_mappings_say_what_the_scripts_made(Database database)
    {
        var host = await Hosts.For(database);
        var real = await Catalogue.ReadAsync(database, host.ConnectionString);
        var mappable = real with
        {
            Tables = [.. real.Tables.Where(table => table.Name != OfSearch).Select(table => table with
            {
                Indexes = [.. table.Indexes.Where(index => !InScriptsOnly.Contains(index.Name))],
                ForeignKeys = [.. table.ForeignKeys.Where(key => !ForeignKeysInScriptsOnly.Contains(key.Name))],
            })],
        };

        await using var scope = host.Services.CreateAsyncScope();
        var models = new DbContext[] { scope.ServiceProvider.GetRequiredService<CrmDbContext>(), scope.ServiceProvider.GetRequiredService<AccountsDbContext>() }
            .Select(context => CatalogueOf(context.GetService<IDesignTimeModel>().Model.GetRelationalModel())).ToList();

        var inDatabase = mappable.Lines();
        var inModel = models.SelectMany(model => model.Lines()).ToList();
        models.SelectMany(model => model.Tables).Select(table => table.Name).ShouldBeUnique();
        inDatabase.Except(inModel).ShouldBeEmpty("in the database, not in the model");
        inModel.Except(inDatabase).ShouldBeEmpty("in the model, not in the database");
    }

    [Theory, EachDatabase]
    public async Task Only_the_listed_indexes_are_over_expressions(Database database)
    {
        var real = await Catalogue.ReadAsync(database, (await Hosts.For(database)).ConnectionString);

        real.Tables.SelectMany(table => table.Indexes).Where(index => index.Parts.Contains(Catalogue.Expression)).Select(index => index.Name)
            .ShouldBe(database == Database.Postgres ? InScriptsOnly : [], ignoreOrder: true);
    }

    [Fact]
    public async Task Both_databases_have_the_same_tables_columns_keys_and_indexes()
    {
        var sqlite = await Catalogue.ReadAsync(Database.Sqlite, (await Hosts.For(Database.Sqlite)).ConnectionString);
        var postgres = await Catalogue.ReadAsync(Database.Postgres, (await Hosts.For(Database.Postgres)).ConnectionString);

        Untyped(sqlite).Lines().Except(Untyped(postgres).Lines()).ShouldBeEmpty("on SQLite alone");
        Untyped(postgres).Lines().Except(Untyped(sqlite).Lines()).ShouldBeEmpty("on PostgreSQL alone");
    }

    private static Catalogue Untyped(Catalogue catalogue) =>
        new([.. catalogue.Tables.Where(table => table.Name != OfSearch).Select(table => table with { Columns = [.. table.Columns.Select(column => column with { Type = "", Collation = null })] })]);

    private static Catalogue CatalogueOf(IRelationalModel model) => new([.. model.Tables.Select(table => new Catalogue.Table(
        table.Name,
        [.. table.Columns.Select(column => new Catalogue.Column(column.Name, column.StoreType, column.IsNullable, column.PropertyMappings[0].Property.GetCollation()))],
        new Catalogue.Key(table.PrimaryKey!.Name, Names(table.PrimaryKey.Columns)),
        [.. table.ForeignKeyConstraints.Select(key => new Catalogue.ForeignKey(key.Name, Names(key.Columns), key.PrincipalTable.Name, Names(key.PrincipalColumns), OnDelete(key.OnDeleteAction)))],
        [.. table.Indexes.Select(index => new Catalogue.Index(index.Name, Names(index.Columns), index.IsUnique, index.Filter is null ? null : Catalogue.Plain(index.Filter)))]))]);

    private static List<string> Names(IEnumerable<IColumn> columns) => [.. columns.Select(column => column.Name)];

    private static string OnDelete(ReferentialAction action) => action == ReferentialAction.NoAction ? "no action" : action.ToString();
}
