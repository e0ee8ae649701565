using System.Reflection;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Database.Migrating;

/// <summary>A migration that is two SQL scripts with its name, <c>.up.sql</c> and <c>.down.sql</c>, in the folder of its database.</summary>
public abstract class ScriptMigration(string database) : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Script("up"));

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Script("down"));

    private string Script(string direction)
    {
        var name = $"{database}/Migrations/{GetType().GetCustomAttribute<MigrationAttribute>()!.Id}.{direction}.sql";
        using var stream = typeof(ScriptMigration).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no {name}.");
        return new StreamReader(stream).ReadToEnd();
    }
}
