using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Crm.Services.Audit;
using Crm.Services.Search;

namespace Crm.Api.Hosting;

/// <summary>The verb that holds what is stored against what it should be.</summary>
internal static class CheckVerb
{
    private const string InsufficientPrivilege = "42501"; // of SQL's own codes

    /// <summary>What to do where the login may not.</summary>
    public const string AsOwner = "Connect as the login that owns the tables: nobody else sees who the tenants are.";

    /// <summary>Whether the database refused the login, and not what it asked.</summary>
    public static bool IsRefused(Exception e) => e is UnauthorizedAccessException || e.GetBaseException() is DbException { SqlState: InsufficientPrivilege };

    public static Command Build(Func<Func<Task<int>>, Task<int>> guarded)
    {
        var audit = new Option<bool>("--audit") { Description = "Recompute the chains of seals over the event log: whether an event was changed, taken out or put in." };
        var search = new Option<bool>("--search") { Description = "Hold the index of words against the records: whether each is in it, once and with its own words." };
        var tenant = new Option<Guid?>("--tenant") { Description = "Only this tenant; by default all." };
        var expect = new Option<string[]>("--expect") { Description = "TENANT:POSITION:HASH, a head that was printed before and kept elsewhere; may be given several times." };
        expect.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value))
            {
                if (!TryParse(text, out _)) result.AddError($"--expect is \"{text}\"; write it as this verb printed it, TENANT:POSITION:HASH.");
            }
        });
        var check = new Command("check", "Check what is stored. Ends with 1 where something isn't as it should be.") { audit, search, tenant, expect };
        check.Validators.Add(result =>
        {
            if (!result.GetValue(audit) && !result.GetValue(search)) result.AddError("Say what to check: --audit, --search or both.");
            if (!result.GetValue(audit) && result.GetValue(expect) is { Length: > 0 }) result.AddError("--expect is for --audit.");
            if (result.GetValue(tenant) is { } only && (result.GetValue(expect) ?? []).Any(text => TryParse(text, out var head) && head.TenantId != only)) result.AddError("--expect is of another tenant than --tenant.");
        });
        check.SetAction((result, ct) => guarded(() => RunAsync(result.GetValue(audit), result.GetValue(search), result.GetValue(tenant), [.. (result.GetValue(expect) ?? []).Select(Parse)], ct)));
        return check;
    }

    private static async Task<int> RunAsync(bool audit, bool search, Guid? only, IReadOnlyList<(Guid TenantId, ChainHead Head)> expected, CancellationToken ct)
    {
        using var host = Verbs.WithoutHttp();
        try
        {
            var ofAudit = audit ? await CheckAuditAsync(host.Services.GetRequiredService<AuditCheck>(), only, expected, ct) : 0;
            var ofSearch = search ? await CheckSearchAsync(host.Services.GetRequiredService<SearchUpkeep>(), only, ct) : 0;
            return Math.Max(ofAudit, ofSearch);
        }
        catch (Exception e) when (IsRefused(e))
        {
            throw Verbs.Unusable(e, AsOwner);
        }
        catch (Exception e) when (Verbs.IsDatabases(e))
        {
            throw Verbs.Unusable(e);
        }
    }

    private static async Task<int> CheckAuditAsync(AuditCheck check, Guid? only, IReadOnlyList<(Guid TenantId, ChainHead Head)> expected, CancellationToken ct)
    {
        var tenants = only is { } tenant ? [tenant] : (await check.TenantsAsync(ct)).Union(expected.Select(e => e.TenantId)).ToList();
        var findings = 0;
        foreach (var tenantId in tenants)
        {
            var kept = expected.Where(e => e.TenantId == tenantId).Select(e => e.Head).ToList();
            var report = await check.CheckAsync(tenantId, kept, ct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tenantId}:{report.Head.Position}:{Convert.ToHexStringLower(report.Head.Hash)} {report.Unsealed} waiting"));
            foreach (var finding in report.Findings) Console.WriteLine($"{tenantId} {finding}");
            findings += report.Findings.Count;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tenants.Count} chains, {findings} findings"));
        return findings == 0 ? 0 : 1;
    }

    private static async Task<int> CheckSearchAsync(SearchUpkeep search, Guid? only, CancellationToken ct)
    {
        var (records, findings) = (0, 0);
        foreach (var tenantId in only is { } tenant ? [tenant] : await search.TenantsAsync(ct))
        {
            var report = await search.CheckAsync(tenantId, ct);
            foreach (var finding in report.Findings) Console.WriteLine($"{tenantId} {finding}");
            (records, findings) = (records + report.Records, findings + report.Findings.Count);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{records} records in the index, {findings} findings{(findings == 0 ? "" : "; crm reindex mends them")}"));
        return findings == 0 ? 0 : 1;
    }

    private static (Guid TenantId, ChainHead Head) Parse(string text) => TryParse(text, out var head) ? head : throw new FormatException(text);

    private static bool TryParse(string text, out (Guid TenantId, ChainHead Head) head)
    {
        head = default;
        if (text.Split(':') is not [var tenant, var position, var hash]
            || !Guid.TryParseExact(tenant, "D", out var tenantId) || !long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)) return false;
        head = (tenantId, new ChainHead(number, Convert.FromHexString(hash)));
        return true;
    }
}
