using System.Text.RegularExpressions;
using Crm.Database.Accounts;
using Crm.Database.Audit;
using Crm.Database.Events;
using Crm.Database.Migrating;
using Crm.Database.Postgres;
using Crm.Database.Queries;
using Crm.Database.Sqlite;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crm.Database;

public static class DatabaseRegistration
{
    private const int PatternsKept = 1_000;

    /// <summary>Registers the database that the connection string is for: SQLite with <c>Data Source=…</c>, PostgreSQL with <c>Host=…</c>.</summary>
    /// <exception cref="FormatException">The string is for neither; the message says what is wrong and what to write.</exception>
    public static IServiceCollection AddCrmDatabase(this IServiceCollection services, string connectionString, WallOptions wall)
    {
        services.AddScoped<TenantScope>();
        services.AddSingleton<Migrations>();
        services.AddSingleton<AllTenants>();
        services.AddSingleton<LogSignal>();
        Regex.CacheSize = Math.Max(Regex.CacheSize, PatternsKept); // SQLite asks .NET anew for each row
        if (Provider.IsPostgres(connectionString))
        {
            var postgres = Provider.Postgres(connectionString);
            services.AddSingleton(wall);
            services.AddSingleton(provider => new LogLink(provider.GetRequiredService<LogSignal>(), provider.GetRequiredService<NpgsqlDataSource>(), postgres));
            services.AddSingleton(_ => NpgsqlDataSource.Create(PreparedStatements.AllowedBy(postgres, wall)));
            services.AddDbContext<CrmDbContext, PostgresCrmDbContext>(
                (provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>(), npgsql => npgsql.MigrationsHistoryTable(Migrations.HistoryTable))
                    .AddInterceptors(new RowLockInterceptor(), new WallInterceptor(wall))
                    .ReplaceService<IModificationCommandBatchFactory, WallBatchFactory>().ForCrm(),
                ServiceLifetime.Scoped,
                ServiceLifetime.Singleton);
            services.AddDbContext<AccountsDbContext, PostgresAccountsDbContext>(
                (provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
                    .AddInterceptors(new WallInterceptor(wall))
                    .ReplaceService<IModificationCommandBatchFactory, WallBatchFactory>().ForCrm(),
                ServiceLifetime.Scoped,
                ServiceLifetime.Singleton);
        }
        else
        {
            var sqlite = Provider.Sqlite(connectionString);
            services.AddSingleton<SqliteWriteGate>();
            services.AddSingleton(provider => new LogLink(provider.GetRequiredService<LogSignal>()));
            services.AddDbContext<CrmDbContext, SqliteCrmDbContext>(
                options => options.UseSqlite(sqlite, builder => builder.MigrationsHistoryTable(Migrations.HistoryTable)).AddInterceptors(new Conversions.Giver()).ForCrm(),
                ServiceLifetime.Scoped,
                ServiceLifetime.Singleton);
            services.AddDbContext<AccountsDbContext, SqliteAccountsDbContext>(options => options.UseSqlite(sqlite).ForCrm(), ServiceLifetime.Scoped, ServiceLifetime.Singleton);
        }

        return services;
    }

    private static void ForCrm(this DbContextOptionsBuilder options)
    {
        options.UseRowValues();
        options.ConfigureWarnings(warnings => warnings
            .Ignore(RelationalEventId.PendingModelChangesWarning) // the scripts are the truth; a test compares them with the model
            .Ignore(CoreEventId.PossibleIncorrectRequiredNavigationWithQueryFilterInteractionWarning)
            .Ignore(CoreEventId.RowLimitingOperationWithoutOrderByWarning)
            .Throw(RelationalEventId.MultipleCollectionIncludeWarning));
    }
}
