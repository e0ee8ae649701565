using Crm.Database.Naming;
using Crm.Database.Postgres;
using Crm.Database.Sqlite;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Storage;

namespace Crm.Database.Accounts;

/// <summary>
/// The accounts, which belong to no tenant. Apart from the tables of tenants, so that nothing which is asked for a tenant can reach
/// them, and nothing here can reach what is a tenant's.
/// </summary>
public abstract class AccountsDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();
    public DbSet<AccountMembership> Memberships => Set<AccountMembership>();
    public DbSet<AccountSession> Sessions => Set<AccountSession>();

    /// <summary>Runs work in one transaction of its own, or in the one that is open already.</summary>
    public async Task<T> InTransactionAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        if (Database.CurrentTransaction is not null) return await work();
        using var turn = await EnterWriteAsync(ct);
        await using var transaction = await Database.BeginTransactionAsync(ct);
        var result = await work();
        await transaction.CommitAsync(ct);
        return result;
    }

    /// <summary>Works in the transaction of a tenant's rows, so that what is written of both is written together or not at all.</summary>
    public async Task<T> JoinAsync<T>(CrmDbContext db, Func<Task<T>> work, CancellationToken ct)
    {
        ChangeTracker.Clear();
        Database.SetDbConnection(db.Database.GetDbConnection());
        await Database.UseTransactionAsync(db.Database.CurrentTransaction!.GetDbTransaction(), ct);
        try
        {
            return await work();
        }
        finally
        {
            await Database.UseTransactionAsync(null, CancellationToken.None);
            await Database.CloseConnectionAsync(); // using another's transaction opened it once more; its owner closes it in the end
        }
    }

    /// <summary>Until the transaction ends, nobody else in here decides by whether there is an account.</summary>
    public abstract Task LockAsync(CancellationToken ct);

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        using var turn = Database.CurrentTransaction is null ? await EnterWriteAsync(cancellationToken) : null;
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected virtual ValueTask<IDisposable?> EnterWriteAsync(CancellationToken ct) => default;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Account.Map(modelBuilder);
        AccountMembership.Map(modelBuilder);
        AccountSession.Map(modelBuilder);
        modelBuilder.UseSnakeCase();
        Account.Rename(modelBuilder);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Conventions.Remove<ForeignKeyIndexConvention>();
        configurationBuilder.Properties<SessionKind>().HaveConversion<NameConverter<SessionKind>>();
    }
}

public sealed class SqliteAccountsDbContext(DbContextOptions<SqliteAccountsDbContext> options, SqliteWriteGate gate) : AccountsDbContext(options)
{
    public override Task LockAsync(CancellationToken ct) => Task.CompletedTask; // a transaction that writes has the only pen

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondConverter>();
    }

    protected override async ValueTask<IDisposable?> EnterWriteAsync(CancellationToken ct) => await gate.EnterAsync(ct);
}

public sealed class PostgresAccountsDbContext : AccountsDbContext, IWalled
{
    private const long Lock = 4_717_200_512;

    private readonly TenantScope scope;

    public PostgresAccountsDbContext(DbContextOptions<PostgresAccountsDbContext> options, TenantScope scope, WallOptions wall)
        : base(options)
    {
        this.scope = scope;
        if (wall.SetLocal) Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
    }

    bool IWalled.AsOwner => false;

    /// <summary>The tenant of the rows whose transaction it may have joined; its own rows have none.</summary>
    Guid IWalled.TenantId => scope.TenantId;

    (System.Data.Common.DbTransaction Transaction, Guid TenantId)? IWalled.Walled { get; set; }

    public override Task LockAsync(CancellationToken ct) => Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Lock})", ct);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Account>().Property(a => a.NormalizedEmail).UseCollation("C");
    }
}
