using System.CommandLine;
using System.Globalization;
using Crm.Services.Search;

namespace Crm.Api.Hosting;

/// <summary>The verb that writes the index of words anew.</summary>
internal static class ReindexVerb
{
    public static Command Build(Func<Func<Task<int>>, Task<int>> guarded)
    {
        var tenant = new Option<Guid?>("--tenant") { Description = "Only this tenant; by default all." };
        var reindex = new Command("reindex", "Write the index that searches go by anew, beside a service that runs. Once after an upgrade that says so, or where check --search finds something.") { tenant };
        reindex.SetAction((result, ct) => guarded(() => RunAsync(result.GetValue(tenant), ct)));
        return reindex;
    }

    private static async Task<int> RunAsync(Guid? only, CancellationToken ct)
    {
        using var host = Verbs.WithoutHttp();
        try
        {
            var search = host.Services.GetRequiredService<SearchUpkeep>();
            foreach (var tenantId in only is { } tenant ? [tenant] : await search.TenantsAsync(ct))
            {
                var records = await search.RebuildAsync(tenantId, ct);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tenantId} {records} records"));
            }

            return 0;
        }
        catch (Exception e) when (CheckVerb.IsRefused(e))
        {
            throw Verbs.Unusable(e, CheckVerb.AsOwner);
        }
        catch (Exception e) when (Verbs.IsDatabases(e))
        {
            throw Verbs.Unusable(e);
        }
    }
}
