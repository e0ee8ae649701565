using Crm.Contracts.Activities;
using Crm.Contracts.Analytics;
using Crm.Contracts.Deals;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;
using Crm.Contracts.Timelines;
using Crm.Tests.Edge;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Clients;

public sealed class CrmClientTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_lead_is_written_read_changed_and_deleted_through_the_typed_client(Database database)
    {
        var crm = (await Hosts.For(database)).NewTenant().Typed();

        var made = await crm.Leads.CreateAsync(new LeadFields { LastName = "Lovelace", Tags = ["vip"], EstimatedValue = 12.5m }, "key", Ct);
        var again = await crm.Leads.CreateAsync(new LeadFields { LastName = "Lovelace", Tags = ["vip"], EstimatedValue = 12.5m }, "key", Ct);
        var changed = await crm.Leads.ChangeAsync(made.Id, new { status = LeadStatus.Qualified }, made.Version, Ct);
        var stale = await Should.ThrowAsync<CrmException>(() => crm.Leads.ReplaceAsync(made.Id, new LeadFields { LastName = "Byron" }, made.Version, Ct));
        var history = await crm.LeadHistoryAsync(made.Id, Ct);
        await crm.Leads.DeleteAsync(made.Id, changed.Version, Ct);
        var gone = await Should.ThrowAsync<CrmException>(() => crm.Leads.GetAsync(made.Id, Ct));
        var restored = await crm.Leads.RestoreAsync(made.Id, Ct);

        again.Id.ShouldBe(made.Id);
        stale.Kind.ShouldBe(FailureKind.PreconditionFailed);
        gone.Kind.ShouldBe(FailureKind.NotFound);
        history.Select(stay => stay.Status).ShouldBe([LeadStatus.New, LeadStatus.Qualified]);
        restored.Status.ShouldBe(LeadStatus.Qualified);
        (await crm.LeadTimelineAsync(made.Id, new TimelineQuery { Take = 2 }, Ct)).Items.Count.ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task Every_record_that_matches_is_listed_across_pages(Database database)
    {
        var crm = (await Hosts.For(database)).NewTenant().Typed();
        for (var i = 0; i < 7; i++) await crm.Tasks.CreateAsync(new TaskFields { Title = $"Call {i}", Priority = i % 2 == 0 ? TaskPriority.High : TaskPriority.Low }, null, Ct);

        var titles = new List<string>();
        await foreach (var task in crm.Tasks.ListAllAsync(new TaskQuery { Take = 2, Priority = [TaskPriority.High, TaskPriority.Urgent], AssigneeId = ["me"], Sort = "title" }, Ct)) titles.Add(task.Title);

        titles.ShouldBe(["Call 0", "Call 2", "Call 4", "Call 6"]);
        (await crm.Tasks.ListAsync(new TaskQuery { Condition = """{"field":"title","contains":"CALL 5"}""" }, Ct)).Items.Single().Title.ShouldBe("Call 5");
    }

    [Theory, EachDatabase]
    public async Task A_deal_is_moved_and_what_was_done_for_it_is_logged(Database database)
    {
        var crm = (await Hosts.For(database)).NewTenant().Typed();
        var deal = await crm.Deals.CreateAsync(new DealFields { Name = "Engine", Value = 1000 }, null, Ct);
        var activity = await crm.Activities.CreateAsync(new ActivityFields { Type = ActivityType.Call, Subject = "First call", DealId = deal.Id }, null, Ct);

        var moved = await crm.MoveDealAsync(deal.Id, new MoveDeal { Stage = "PROPOSAL" }, Ct);

        moved.WeightedValue.ShouldBe(500);
        (await crm.DealHistoryAsync(deal.Id, Ct)).Select(stay => stay.Stage).ShouldBe(["LEAD", "PROPOSAL"]);
        (await crm.DealTimelineAsync(deal.Id, new TimelineQuery { Take = 2 }, Ct)).Items.Count.ShouldBe(2);
        (await crm.Activities.ListAsync(new ActivityQuery { DealId = [deal.Id], OccurredTo = activity.OccurredAt.AddSeconds(1) }, Ct)).Items.Single().Id.ShouldBe(activity.Id);
        (await crm.Pipelines.ListAsync(Ct)).Single().Id.ShouldBe(deal.PipelineId);
    }

    [Theory, EachDatabase]
    public async Task Reports_come_typed_and_their_figures_are_followed_to_the_last_deal(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var crm = client.Typed();
        await Parallel.ForEachAsync(Enumerable.Range(1, 201), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (value, _) => await client.MakeAsync("deals", new { name = "Deal", value, stage = "PROPOSAL" }));

        var pipeline = await crm.Analytics.PipelineAsync(new PipelineReportQuery { OwnerId = ["me"] }, Ct);
        var deals = await crm.Analytics.FollowAsync(pipeline.Total.DrillDown, Ct).ToListAsync(Ct);
        (pipeline.Total.Count, pipeline.Total.Value, deals.Count, deals.Sum(deal => deal.Value)).ShouldBe((201, 20301, 201, 20301));
        (await crm.Analytics.DealsAsync(new CountedDealQuery { Figure = DealFigure.Undated, Take = 1, AsOf = pipeline.AsOf }, Ct)).Total.ShouldBe(201);

        var today = DateOnly.FromDateTime(pipeline.AsOf.UtcDateTime);
        (DateOnly From, DateOnly To) around = (today.AddDays(-1), today.AddDays(1));
        (await crm.Analytics.ForecastAsync(new ForecastQuery { GroupBy = "owner" }, Ct)).Undated.Value.ShouldBe(20301);
        (await crm.Analytics.FunnelAsync(new FunnelQuery { From = around.From, To = around.To }, Ct)).Stages.Select(stage => stage.Reached).ShouldBe([201, 201, 201, 0, 0]);
        (await crm.Analytics.WinRateAsync(new WinRateQuery { GroupBy = "source" }, Ct)).Total.WinRate.ShouldBeNull();
        (await crm.Analytics.VelocityAsync(new VelocityQuery { From = around.From, To = around.To }, Ct)).Opportunities.ShouldBe(201);
        (await crm.Analytics.MovementAsync(new MovementQuery { From = around.From, To = around.To, GroupBy = "year" }, Ct)).Periods[^1].Closing.ShouldBe(20301);
        (await crm.Analytics.StageTimesAsync(new StageTimesQuery(), Ct)).Stages.Count.ShouldBe(4);
        Should.Throw<ArgumentException>(() => crm.Analytics.FollowAsync("/api/leads?take=1", Ct));
        (await Should.ThrowAsync<CrmException>(() => crm.Analytics.PipelineAsync(new PipelineReportQuery { AsOf = pipeline.AsOf.AddYears(1) }, Ct))).Errors!.Keys.ShouldBe(["asOf"]);
    }

    [Theory, EachDatabase]
    public async Task Reports_on_work_come_typed_and_their_figures_are_followed_to_the_last(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var crm = client.Typed();
        await Parallel.ForEachAsync(Enumerable.Range(1, 201), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) => await client.MakeAsync("leads", new { lastName = "Lovelace", source = "PARTNER" }));
        var lead = (await crm.Leads.ListAsync(new LeadQuery { Take = 1 }, Ct)).Items[0].Id;
        var activity = await client.MakeAsync("activities", new { type = "CALL", subject = "Hello", direction = "OUTBOUND", leadId = lead });
        var task = await client.MakeAsync("tasks", new { title = "Call", dueAt = "2026-01-01T00:00:00Z" });

        var leads = await crm.Analytics.LeadsAsync(new LeadReportQuery { GroupBy = "source", Source = [LeadSource.Partner] }, Ct);
        (leads.Groups.Single().Created.Count, leads.Total.Unanswered.Count).ShouldBe((201, 200));
        (await crm.Analytics.FollowLeadsAsync(leads.Total.Created.DrillDown, Ct).ToListAsync(Ct)).Select(one => one.LeadId).Distinct().Count().ShouldBe(201);
        (await crm.Analytics.CountedLeadsAsync(new CountedLeadQuery { Figure = LeadFigure.Contacted, AsOf = leads.AsOf }, Ct)).Items.Single().LeadId.ShouldBe(lead);
        var activities = await crm.Analytics.ActivitiesAsync(new ActivityReportQuery { GroupBy = "type" }, Ct);
        (await crm.Analytics.FollowActivitiesAsync(activities.Groups.Single().DrillDown, Ct).ToListAsync(Ct)).Single().ActivityId.ShouldBe(activity);
        (await crm.Analytics.CountedActivitiesAsync(new CountedActivityQuery { Type = [ActivityType.Note] }, Ct)).Total.ShouldBe(0);
        var day = new DateOnly(2026, 1, 1);
        var tasks = await crm.Analytics.TasksAsync(new TaskReportQuery { From = day, To = day }, Ct);
        (await crm.Analytics.FollowTasksAsync(tasks.Total.Overdue.DrillDown, Ct).ToListAsync(Ct)).Single().TaskId.ShouldBe(task);
        (await crm.Analytics.CountedTasksAsync(new CountedTaskQuery { Figure = TaskFigure.Undated }, Ct)).Total.ShouldBe(0);
        (await crm.Analytics.LeaderboardAsync(new LeaderboardQuery(), Ct)).Users.Single().Activities.Count.ShouldBe(1);
        Should.Throw<ArgumentException>(() => crm.Analytics.FollowTasksAsync(leads.Total.Created.DrillDown, Ct));
    }

    [Theory, EachDatabase]
    public async Task A_refusal_says_when_it_is_worth_trying_again(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, new SteadyClock(), ("RateLimit:UserPerMinute", "60"));
        var crm = host.NewTenant().Typed();
        for (var left = 10; left > 0; left--) await crm.MeAsync(Ct);

        var refused = await Should.ThrowAsync<CrmException>(() => crm.MeAsync(Ct));

        (refused.Kind, refused.Code, refused.RetryAfter).ShouldBe((FailureKind.TooManyRequests, FailureCodes.RateLimited, TimeSpan.FromSeconds(1)));
    }
}
