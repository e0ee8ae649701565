using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Migrating;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Operations;

/// <summary>The database as those who run the service see it.</summary>
public sealed class DatabaseService(Migrations migrations)
{
    /// <summary>Migrates to a migration by name, to the newest with null, back to nothing with <c>0</c>.</summary>
    /// <exception cref="CrmException">404 for no such migration.</exception>
    public Task MigrateAsync(string? to, CancellationToken ct) => migrations.RunAsync(Known(to), ct);

    /// <summary>The SQL from nothing to a migration, or to the newest.</summary>
    /// <exception cref="CrmException">404 for no such migration.</exception>
    public string Script(string? to) => migrations.Script(Known(to));

    public Task<IReadOnlyList<string>> PendingAsync(CancellationToken ct) => migrations.PendingAsync(ct);

    private string? Known(string? name)
    {
        if (name is null or "0") return name;
        return migrations.All().SingleOrDefault(id => id == name || id.EndsWith($"_{name}", StringComparison.Ordinal))
            ?? throw new CrmException(FailureKind.NotFound, FailureCodes.NotFound, $"There is no migration {name}. There are: 0 (nothing), {string.Join(", ", migrations.All())}.");
    }
}

/// <summary>Whether the database can serve.</summary>
public sealed class DatabaseProbe(CrmDbContext db)
{
    /// <summary>Asks a table of ours: a connection alone would also succeed to a database that is empty or spoilt.</summary>
    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            await db.Tenants.AnyAsync(ct);
            return true;
        }
        catch (Exception e) when (Failures.Translate(e) is { Kind: FailureKind.Unavailable })
        {
            return false;
        }
    }
}
