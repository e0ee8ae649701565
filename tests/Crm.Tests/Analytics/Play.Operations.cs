using System.Net;
using Crm.Contracts.Deals;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Settings;
using Shouldly;

namespace Crm.Tests.Analytics;

internal sealed partial class Play
{
    private Circumstances Circumstances => Ledger.On(Now);

    private List<Entry> Latest => Ledger.Stories(Now).ConvertAll(story => story[^1]);

    private List<Entry> Living => Latest.FindAll(entry => !entry.IsDeleted);

    private List<Entry> Closed => Living.FindAll(entry => !entry.IsOpen);

    private List<Entry> Deleted => Latest.FindAll(entry => entry.IsDeleted);

    private static Task ToOneAsync(List<Entry> entries, int number, Func<DealView, Task> operation) =>
        entries.Count == 0 ? Task.CompletedTask : operation(entries[number % entries.Count].Deal);

    private StageView StageOf(DealView deal, int number)
    {
        var stages = Circumstances.PipelineOf(deal).Stages;
        return stages[number % stages.Count];
    }

    private StageView OpenStageOf(DealView deal, int number) => OneOf(Circumstances.PipelineOf(deal), StageKind.Open, number);

    private static StageView OneOf(PipelineView pipeline, StageKind kind, int number)
    {
        var stages = pipeline.Stages.Where(stage => stage.Kind == kind).ToList();
        return stages[number % stages.Count];
    }

    private Task CreateAsync(Create create)
    {
        var pipeline = Circumstances.Pipelines[create.Pipeline];
        var stage = OneOf(pipeline, create.Kind, create.Stage);
        var body = Moved(null, stage, create.Reason, create.ClosedHoursAgo);
        body["name"] = "Engine";
        body["pipelineId"] = pipeline.Id;
        body["value"] = create.Value;
        body["currency"] = create.Currency;
        body["probability"] = create.Probability;
        body["expectedCloseDate"] = DayIn(create.ClosesIn);
        body["ownerId"] = create.Owner;
        body["leadId"] = create.Lead is { } lead ? leads[lead] : null;
        return WriteAsync(HttpMethod.Post, "/api/deals", body);
    }

    private Task ChangeAsync(DealView deal, Change change)
    {
        var body = change.Stage is { } stage ? Moved(deal, StageOf(deal, stage.Value), change.Reason, null) : new Dictionary<string, object?>(StringComparer.Ordinal);
        if (change.Value is { } value) body["value"] = value.Value;
        if (change.Currency is { } currency) body["currency"] = currency.Value;
        if (change.Owner is { } owner) body["ownerId"] = owner.Value;
        if (change.ClosesIn is { } closesIn) body["expectedCloseDate"] = DayIn(closesIn.Value);
        if (change.Probability is { } probability) body["probability"] = probability.Value;
        return body.Count == 0 ? Task.CompletedTask : WriteAsync(HttpMethod.Patch, $"/api/deals/{deal.Id}", body);
    }

    private Task MoveAsync(DealView deal, StageView stage, string reason, int? closedHoursAgo) =>
        WriteAsync(HttpMethod.Put, $"/api/deals/{deal.Id}/stage", Moved(deal, stage, reason, closedHoursAgo));

    private Task TransferAsync(DealView deal) =>
        WriteAsync(HttpMethod.Patch, $"/api/deals/{deal.Id}", new { pipelineId = Circumstances.Pipelines.Single(pipeline => pipeline.Id != deal.PipelineId).Id });

    private async Task DeleteAsync(DealView deal)
    {
        (await Ada.DeleteAsync($"/api/deals/{deal.Id}")).ShouldBe(HttpStatusCode.NoContent);
        Ledger.Note(new Entry(Now, deal, IsDeleted: true));
    }

    private async Task ReviseAsync(Revise revise)
    {
        var pipeline = Circumstances.Pipelines[revise.Pipeline % Circumstances.Pipelines.Count];
        var revised = OneOf(pipeline, StageKind.Open, revise.Stage);
        var stages = pipeline.Stages.Select(stage => stage == revised ? stage with { Probability = revise.Probability, RottingDays = revise.RottingDays } : stage).ToList();
        (await Ada.PatchAsync($"/api/pipelines/{pipeline.Id}", new { stages })).ShouldBe(HttpStatusCode.OK);
        Ledger.Note(Circumstances with { Since = Now, Pipelines = await PipelinesAsync() });
    }

    private async Task RebrandAsync(Rebrand rebrand)
    {
        var lead = leads[rebrand.Lead % leads.Count];
        (await Ada.PatchAsync($"/api/leads/{lead}", new { source = rebrand.Source })).ShouldBe(HttpStatusCode.OK);
        Ledger.Note(Circumstances with { Since = Now, Sources = new Dictionary<Guid, string>(Circumstances.Sources) { [lead] = rebrand.Source } });
    }

    private async Task TellAsync(Tell tell)
    {
        var date = DayIn(tell.Day)!.Value;
        (await Ada.PostAsync("/api/settings/rates", new { rates = new[] { new Dictionary<string, object?>(StringComparer.Ordinal) { ["from"] = tell.From, ["to"] = tell.To, ["date"] = date, ["rate"] = tell.Rate } } })).ShouldBe(HttpStatusCode.OK);
        Ledger.Note(new TellingOfRate(Now, tell.From, tell.To, date, tell.Rate));
    }

    private async Task RelocateAsync(string zone)
    {
        var settings = (await Ada.PatchAsync("/api/settings", new { timeZone = zone })).ShouldBe(HttpStatusCode.OK).As<SettingsView>();
        Ledger.Note(Circumstances with { Since = Now, TimeZone = settings.TimeZone });
    }

    private async Task<List<PipelineView>> PipelinesAsync() => [.. (await Ada.FoundAsync("/api/pipelines")).As<PipelineList>().Items];

    /// <summary>The members that move a deal, or make it one, in a stage. The one that it stands in is told alone, as a closing there has its own already.</summary>
    private Dictionary<string, object?> Moved(DealView? deal, StageView stage, string reason, int? closedHoursAgo)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["stage"] = stage.Key };
        if (stage.Key == deal?.Stage) return body;
        if (stage.Kind == StageKind.Lost) body["lostReason"] = reason;
        if (stage.Kind != StageKind.Open && closedHoursAgo is { } hours) body["closedAt"] = Now.AddHours(-hours);
        return body;
    }

    private DateOnly? DayIn(int? days) => days is { } number ? DateOnly.FromDateTime(Now.UtcDateTime).AddDays(number) : null;

    /// <summary>Writes a deal, and into the ledger what became of it. The only refusal that there may be is that of a closed deal that is to be closed otherwise.</summary>
    private async Task WriteAsync(HttpMethod method, string path, object? body)
    {
        var answer = await Ada.SendAsync(method, path, body);
        if (answer.Status == HttpStatusCode.Conflict)
        {
            answer.Code.ShouldBe("invalid-transition", $"{method} {path}: {answer.Text}");
            return;
        }

        ((int)answer.Status).ShouldBeInRange(200, 299, $"{method} {path}: {answer.Text}");
        Ledger.Note(new Entry(Now, answer.As<DealView>(), IsDeleted: false));
    }
}
