using System.Data.Common;
using Crm.Database.Audit;
using Crm.Database.Members;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database.Postgres;

public sealed class PostgresCrmDbContext : CrmDbContext, IWalled
{
    public PostgresCrmDbContext(DbContextOptions<PostgresCrmDbContext> options, TenantScope scope, TimeProvider clock, SealBell bell, WallOptions wall)
        : base(options, scope, clock, bell)
    {
        // SET LOCAL needs a transaction; EF Core opens none for a save of one statement.
        if (wall.SetLocal) Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
    }

    /// <inheritdoc cref="IWalled.AsOwner"/>
    internal bool AsOwner { get; set; }

    bool IWalled.AsOwner => AsOwner;

    Guid IWalled.TenantId => FilterTenantId;

    (DbTransaction Transaction, Guid TenantId)? IWalled.Walled { get; set; }

    public override IQueryable<Guid> TenantsToSeal() => Database.SqlQuery<Guid>($"SELECT tenants_to_seal() AS \"Value\"");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // Sorted by code point, as SQLite does, and by an operator that row-level security lets reach an index.
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            if (property.ClrType == typeof(string) && (property.Name.EndsWith("Key", StringComparison.Ordinal) || property.Name == nameof(Member.UserId))) property.SetCollation("C");
        }
    }
}
