using Crm.Database;
using Crm.Database.Audit;
using Crm.Database.Events;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Audit;

/// <summary>Recomputes tenants' chains, and says what doesn't fit. It may run beside the service: what is being sealed is no finding.</summary>
public sealed class AuditCheck(IServiceScopeFactory scopes, AllTenants tenants)
{
    private const int PageSize = 1000;

    public Task<IReadOnlyList<Guid>> TenantsAsync(CancellationToken ct) => tenants.IdsAsync(ct);

    /// <param name="tenantId">Whose chain.</param>
    /// <param name="expected">Heads that were kept elsewhere, if there are any.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<ChainReport> CheckAsync(Guid tenantId, IReadOnlyList<ChainHead> expected, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, "check");
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        var findings = new List<string>();

        // The head first: all up to it stays as it is, however much is sealed meanwhile.
        var head = await db.SealHeads.AsNoTracking().Select(h => new ChainHead(h.Position, h.Hash)).SingleOrDefaultAsync(ct);
        await CheckSealsAsync(db, head, findings, ct);
        await CheckEndAsync(db, findings, ct);
        await CheckEventsAsync(db, findings, ct);
        foreach (var kept in expected) await CompareWithKeptAsync(db, kept, head?.Position ?? 0, findings, ct);
        return new ChainReport(head ?? new ChainHead(0, EventHash.Beginning), await db.UnsealedEvents.CountAsync(ct), findings);
    }

    private static async Task CheckSealsAsync(CrmDbContext db, ChainHead? head, List<string> findings, CancellationToken ct)
    {
        var last = head?.Position ?? 0;
        var (position, previous) = (0L, EventHash.Beginning);
        while (true)
        {
            var after = position;
            var page = await db.Seals.AsNoTracking().Where(s => s.Position > after && s.Position <= last).OrderBy(s => s.Position).Take(PageSize).ToListAsync(ct);
            if (page.Count == 0) break;
            var ids = page.ConvertAll(s => s.EventId);
            var events = await db.Events.AsNoTracking().Where(e => ids.Contains(e.Id)).ToDictionaryAsync(e => e.Id, ct);
            foreach (var seal in page)
            {
                // A gap is one finding: what the next seal's hash was made over can't be known then.
                var isKnown = seal.Position == position + 1;
                if (!isKnown) findings.Add(Range("missing seal", position + 1, seal.Position - 1));
                if (CheckOne(seal, events.GetValueOrDefault(seal.EventId), isKnown ? previous : null) is { } finding) findings.Add(finding);
                (position, previous) = (seal.Position, seal.Hash);
            }
        }

        if (position < last) findings.Add(Range("missing seal", position + 1, last));
        else if (head is not null && !head.Hash.AsSpan().SequenceEqual(previous)) findings.Add($"broken head: at position {last} it has another hash than the seal there");
    }

    private static string? CheckOne(Seal seal, Event? e, byte[]? previous)
    {
        if (e is null) return $"missing event: {seal.EventId}, sealed at position {seal.Position}";
        if (previous is null || EventHash.Of(previous, e).AsSpan().SequenceEqual(seal.Hash)) return null;
        return $"altered event: {seal.EventId} at position {seal.Position}, or its seal, isn't what was sealed";
    }

    /// <summary>In one statement each, as sealing goes on: nothing stands behind the head, and no chain is without one.</summary>
    private static async Task CheckEndAsync(CrmDbContext db, List<string> findings, CancellationToken ct)
    {
        var extra = await db.Seals.Where(s => !db.SealHeads.Any(h => h.Position >= s.Position)).OrderBy(s => s.Position).Select(s => new { s.Position, s.EventId }).Take(PageSize).ToListAsync(ct);
        var isHeadless = extra.Count > 0 && extra[0].Position == 1;
        if (isHeadless) findings.Add("broken head: there are seals, but no head of the chain behind them");
        else findings.AddRange(extra.Select(s => $"extra seal: at position {s.Position}, of event {s.EventId}, behind the head of the chain"));
    }

    /// <summary>Every event is sealed or waits for it, and all that waits is there.</summary>
    private static async Task CheckEventsAsync(CrmDbContext db, List<string> findings, CancellationToken ct)
    {
        var after = Guid.Empty;
        while (true)
        {
            var page = await db.Events.AsNoTracking().Where(e => e.Id > after).OrderBy(e => e.Id).Take(PageSize)
                .Select(e => new { e.Id, Seals = db.Seals.Count(s => s.EventId == e.Id), Waits = db.UnsealedEvents.Any(u => u.EventId == e.Id) }).ToListAsync(ct);
            if (page.Count == 0) break;
            findings.AddRange(page.Where(e => e.Seals == 0 && !e.Waits).Select(e => $"missing seal: of event {e.Id}, which doesn't wait for one either"));
            findings.AddRange(page.Where(e => e.Seals > 0 && e.Waits).Select(e => $"extra seal: of event {e.Id}, which waits for one, too"));
            after = page[^1].Id;
        }

        findings.AddRange((await db.UnsealedEvents.Where(u => !db.Events.Any(e => e.Id == u.EventId)).OrderBy(u => u.EventId).Take(PageSize).Select(u => u.EventId).ToListAsync(ct))
            .Select(id => $"missing event: {id}, which waits to be sealed"));
    }

    private static async Task CompareWithKeptAsync(CrmDbContext db, ChainHead kept, long last, List<string> findings, CancellationToken ct)
    {
        if (kept.Position == 0) return; // kept before there was anything
        if (last < kept.Position) findings.Add($"missing seal: the chain ends at position {last}, but the head that was kept is at {kept.Position}");
        else if (await db.Seals.AsNoTracking().Where(s => s.Position == kept.Position).Select(s => s.Hash).SingleOrDefaultAsync(ct) is not { } hash || !hash.AsSpan().SequenceEqual(kept.Hash))
            findings.Add($"altered event: at position {kept.Position} or before it, as the seal there isn't the one that was kept");
    }

    private static string Range(string what, long from, long to) => from == to ? $"{what}: at position {from}" : $"{what}: at positions {from} to {to}";
}

/// <summary>Where a chain ends.</summary>
public sealed record ChainHead(long Position, byte[] Hash);

/// <summary>How a chain was found.</summary>
/// <param name="Head">Where it ends.</param>
/// <param name="Unsealed">How many events wait to be sealed.</param>
/// <param name="Findings">What doesn't fit, one line each; none for a chain as it should be.</param>
public sealed record ChainReport(ChainHead Head, int Unsealed, IReadOnlyList<string> Findings);
