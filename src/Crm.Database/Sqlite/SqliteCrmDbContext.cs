using Crm.Database.Audit;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Crm.Database.Sqlite;

public sealed class SqliteCrmDbContext(DbContextOptions<SqliteCrmDbContext> options, TenantScope scope, TimeProvider clock, SealBell bell, SqliteWriteGate gate)
    : CrmDbContext(options, scope, clock, bell)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondConverter>();
    }

    public override IQueryable<Guid> TenantsToSeal() => Database.SqlQuery<Guid>($"SELECT DISTINCT tenant_id AS \"Value\" FROM unsealed_events");

    protected override async ValueTask<IDisposable?> EnterWriteAsync(CancellationToken ct) => await gate.EnterAsync(ct);
}

/// <summary>Lets this process's writers in one by one, first come first served, instead of letting them poll for the file's lock.</summary>
public sealed class SqliteWriteGate : IDisposable
{
    private readonly SemaphoreSlim pen = new(1, 1);

    public async ValueTask<IDisposable> EnterAsync(CancellationToken ct)
    {
        await pen.WaitAsync(ct);
        return new Turn(pen);
    }

    public void Dispose() => pen.Dispose();

    private sealed class Turn(SemaphoreSlim pen) : IDisposable
    {
        public void Dispose() => pen.Release();
    }
}

/// <summary>An instant as microseconds since 1970, which SQLite compares and subtracts as numbers.</summary>
internal sealed class MicrosecondConverter() : ValueConverter<DateTimeOffset, long>(
    instant => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
    micros => new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero));
