using System.Diagnostics;
using System.Net;
using Crm.Contracts.Members;
using Crm.Contracts.Settings;
using Crm.Tests.Kit;
using Crm.Tests.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>The members of a tenant that nobody has seen yet.</summary>
internal sealed record Team(Client Ada, Client Bob, Client Carl)
{
    public static Team Of(CrmHost host)
    {
        var ada = host.NewTenant();
        return new Team(ada, ada.As(Role.Rep, "bob"), ada.As(Role.Rep, "carl"));
    }
}

/// <summary>Makes a history happen in a tenant, and keeps a ledger of it.</summary>
internal sealed partial class Play(Team team, SettableClock clock, History history)
{
    private static readonly string[] FirstSources = ["WEBSITE", "REFERRAL"];

    /// <summary>Between two operations, so that each has an instant of its own.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMicroseconds(1_234_567);

    private readonly List<Guid> leads = [];

    public History History => history;

    public Ledger Ledger { get; } = new();

    public Client Ada => team.Ada;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Makes all of it happen.</summary>
    public async Task ToTheEndAsync()
    {
        await BeginAsync();
        foreach (var operation in history.Operations) await DoAsync(operation);
        End();
    }

    public async Task BeginAsync()
    {
        foreach (var client in new[] { team.Bob, team.Carl }) (await client.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        var settings = (await Ada.PatchAsync("/api/settings", new { timeZone = history.Zone })).ShouldBe(HttpStatusCode.OK).As<SettingsView>();
        await Ada.MakePipelineAsync();
        var sources = new Dictionary<Guid, string>();
        foreach (var source in FirstSources)
        {
            leads.Add(await Ada.MakeAsync("leads", new { lastName = "Lovelace", source }));
            sources[leads[^1]] = source;
        }

        Ledger.Note(new Circumstances(Now, settings.TimeZone, settings.Currency, await PipelinesAsync(), sources));
    }

    public async Task DoAsync(Operation operation)
    {
        clock.Advance(operation is Wait wait ? wait.Time : Pause);
        await (operation switch
        {
            Create create => CreateAsync(create),
            Change change => ToOneAsync(Living, change.Deal, deal => ChangeAsync(deal, change)),
            Move move => ToOneAsync(Living, move.Deal, deal => MoveAsync(deal, StageOf(deal, move.Stage), move.Reason, move.ClosedHoursAgo)),
            Reopen reopen => ToOneAsync(Closed, reopen.Deal, deal => MoveAsync(deal, OpenStageOf(deal, reopen.Stage), "", null)),
            Transfer transfer => ToOneAsync(Living, transfer.Deal, TransferAsync),
            Delete delete => ToOneAsync(Living, delete.Deal, DeleteAsync),
            Restore restore => ToOneAsync(Deleted, restore.Deal, deal => WriteAsync(HttpMethod.Post, $"/api/deals/{deal.Id}/restore", null)),
            Revise revise => ReviseAsync(revise),
            Rebrand rebrand => RebrandAsync(rebrand),
            Tell tell => TellAsync(tell),
            Relocate relocate => RelocateAsync(relocate.Zone),
            Wait => Task.CompletedTask,
            _ => throw new UnreachableException(),
        });
        Ledger.Instants.Add(Now);
    }

    /// <summary>Lets a little time go by, so that the last operation is past.</summary>
    public void End() => clock.Advance(Pause);
}
