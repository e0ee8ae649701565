using System.Security.Cryptography;
using System.Text.Json;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Services.Tenancy;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Analytics;

/// <summary>
/// Keeps reports by all that they are made of: the build, the tenant, the question with its instant, what the caller sees, and what the tenant's log has.
/// After a change they are looked for by another key, so that what is kept is never stale; one of now is kept for the minute in which it was
/// made, and says when that was. What several ask for at once is made once.
/// </summary>
public sealed class ReportCache(HybridCache kept, IServiceScopeFactory scopes, TimeProvider clock, ReportMeter meter)
{
    private static readonly HybridCacheEntryOptions OfNow = For(TimeSpan.FromMinutes(1));
    private static readonly HybridCacheEntryOptions OfThen = For(TimeSpan.FromMinutes(10));

    /// <summary>Which build makes them, as another one may make other ones.</summary>
    private static readonly string Build = string.Join('-', new[] { typeof(ReportView), typeof(CrmDbContext), typeof(ReportCache) }.Select(type => type.Assembly.ManifestModule.ModuleVersionId.ToString("N")));

    /// <param name="report">Its name.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="version">What the tenant's log has.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="make">Makes it. All that it reads is of one moment, or a change between two questions would be in a part of it.</param>
    /// <param name="ct">Ends the wait for it.</param>
    internal Task<KeptReport<T>> OfAsync<T>(string report, ReportQuery query, string version, Caller caller, Func<ReportScope, CancellationToken, Task<T>> make, CancellationToken ct) =>
        KeepAsync(report, query, version, caller, async (services, stop) =>
        {
            var db = services.GetRequiredService<CrmDbContext>();
            var reports = new ReportScopes(db, services.GetRequiredService<Caller>(), clock);
            return await db.ReadAsync(ReadPurpose.Sums, async () => await make(await reports.OpenAsync(query, stop), stop), stop);
        }, ct);

    /// <summary>Makes it in a unit of work of its own, as others may wait for it when who asked first has gone.</summary>
    /// <inheritdoc cref="OfAsync"/>
    internal async Task<KeptReport<T>> KeepAsync<T>(string report, ReportQuery query, string version, Caller caller, Func<IServiceProvider, CancellationToken, Task<T>> make, CancellationToken ct)
    {
        var isMade = false;
        var json = await kept.GetOrCreateAsync(KeyOf(report, query, version, caller), async stop =>
        {
            isMade = true;
            await using var work = scopes.CreateAsyncScope();
            work.ServiceProvider.GetRequiredService<Caller>().EnterAs(caller);
            return JsonSerializer.SerializeToUtf8Bytes(await make(work.ServiceProvider, stop), CrmJson.Options);
        }, query.AsOf is null ? OfNow : OfThen, cancellationToken: ct);
        meter.Answered(report, isMade);
        return new KeptReport<T>(json);
    }

    private string KeyOf(string report, ReportQuery query, string version, Caller caller)
    {
        var minute = query.AsOf is null ? $"{clock.GetUtcNow():yyyyMMddHHmm}" : null;
        var question = JsonSerializer.Serialize(query with { Format = ListFormat.Json }, query.GetType(), CrmJson.Options);
        var sight = caller.Sight is { } seen ? string.Join('\n', seen.Order(StringComparer.Ordinal)) : null;
        var asks = sight is null && query.OwnerId?.Contains("me", StringComparer.Ordinal) is not true ? null : caller.UserId;
        return $"report:{caller.TenantId}:{report}:{version}:{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new[] { Build, question, minute, asks, sight })))}";
    }

    private static HybridCacheEntryOptions For(TimeSpan time) => new() { Expiration = time, LocalCacheExpiration = time };
}
