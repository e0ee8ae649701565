using Crm.Contracts.Activities;
using Crm.Contracts.ApiKeys;
using Crm.Contracts.Conversion;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Deals;
using Crm.Contracts.Events;
using Crm.Contracts.Goals;
using Crm.Contracts.Invitations;
using Crm.Contracts.Leads;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Routing;
using Crm.Contracts.Scoring;
using Crm.Contracts.Settings;
using Crm.Contracts.Tasks;
using Crm.Contracts.Teams;
using Crm.Contracts.Webhooks;
using Crm.Contracts.Workflows;
using Crm.Database.Conversion;
using Crm.Database.Events;
using Crm.Database.Notifications;
using Crm.Database.Webhooks;
using Crm.Database.Workflows;
using Crm.Services.Dashboards;
using Crm.Services.Pipelines;
using Crm.Services.Webhooks;
using Crm.Services.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Crm.Tests.Walls;

/// <summary>
/// What the tests that walk every operation send: a body for each contract, and an id for each place that takes one. A new contract
/// or a new id needs a line here; until it has one, those tests fail and say so.
/// </summary>
internal static class Samples
{
    /// <summary>As few stages as make a pipeline.</summary>
    public static readonly object[] Stages = [new { name = "Talking", probability = 30 }, new { name = "Won", kind = "WON" }, new { name = "Lost", kind = "LOST" }];

    /// <summary>A report of a dashboard.</summary>
    public static readonly object[] Reports = [new { name = "Won last month", report = "win-rate", parameters = new { period = "last-month" } }];

    /// <summary>What a workflow begins with.</summary>
    public static readonly string[] Events = ["lead.created"];

    /// <summary>The members that make a body of the contract right, as JSON.</summary>
    public static readonly IReadOnlyDictionary<Type, Dictionary<string, object?>> Bodies = new Dictionary<Type, Dictionary<string, object?>>
    {
        [typeof(LeadFields)] = new() { ["lastName"] = "Sample" },
        [typeof(ConvertLead)] = [],
        [typeof(ConvertLeads)] = new() { ["ids"] = null }, // of whom: BodyFor
        [typeof(DealFields)] = new() { ["name"] = "Sample" },
        [typeof(MoveDeal)] = new() { ["stage"] = "PROPOSAL" },
        [typeof(TaskFields)] = new() { ["title"] = "Sample" },
        [typeof(ActivityFields)] = new() { ["type"] = "CALL", ["subject"] = "Sample" }, // and what it belongs to: BodyFor
        [typeof(MemberFields)] = new() { ["role"] = "REP" },
        [typeof(PipelineFields)] = new() { ["name"] = "Sample", ["stages"] = Stages }, // and a number, as names are unique: BodyFor
        [typeof(TeamFields)] = new() { ["name"] = "Sample" }, // and a number, as names are unique: BodyFor
        [typeof(DashboardFields)] = new() { ["name"] = "Sample", ["isShared"] = true, ["reports"] = Reports },
        [typeof(GoalFields)] = new() { ["target"] = 1_000 }, // of whom, and a period, as there is one goal for each: BodyFor
        [typeof(ApiKeyFields)] = new() { ["name"] = "Sample", ["role"] = "REP" },
        [typeof(ApiKeyChange)] = new() { ["name"] = "Sample" },
        [typeof(WebhookFields)] = new() { ["url"] = "https://hooks.crm.example/sample" },
        [typeof(WebhookChange)] = new() { ["url"] = "https://hooks.crm.example/sample" },
        [typeof(RedriveWebhook)] = [],
        [typeof(ReplayWebhook)] = new() { ["since"] = "2026-01-01T00:00:00Z" },
        [typeof(InvitationFields)] = new() { ["email"] = "sample@crm.example", ["role"] = "REP" },
        [typeof(RedriveEvents)] = new() { ["consumer"] = "sample" },
        [typeof(ReadAll)] = [],
        [typeof(PreferenceFields)] = [],
        [typeof(RoutingFields)] = new() { ["rules"] = null }, // made anew each time: BodyFor
        [typeof(AvailabilityFields)] = [],
        [typeof(SettingsFields)] = new() { ["timeZone"] = "UTC", ["currency"] = "EUR" },
        [typeof(ScoringFields)] = new() { ["rules"] = new object[] { new { name = "Sample", points = 10 } } },
        [typeof(WorkflowFields)] = new() { ["name"] = "Sample", ["trigger"] = new { events = Events }, ["actions"] = null }, // made anew each time: BodyFor
        [typeof(TestWorkflow)] = new() { ["recordId"] = null }, // of which: BodyFor
        [typeof(RehearseWorkflow)] = new() { ["days"] = 7 },
        [typeof(TellRates)] = new() { ["rates"] = new object[] { new { from = "USD", to = "EUR", date = "2026-11-01", rate = 0.9 } } },
    };

    private static int months;

    /// <summary>Whose record an id in a path is, by the name before it and the parameter.</summary>
    private static readonly IReadOnlyDictionary<string, Func<World, string[]>> InPaths = new Dictionary<string, Func<World, string[]>>(StringComparer.Ordinal)
    {
        ["leads/id"] = world => [$"{world.Lead}", $"{world.DeletedLead}"],
        ["conversions/id"] = world => [$"{world.Conversion}"],
        ["customers/id"] = world => [world.Customer],
        ["deals/id"] = world => [$"{world.Deal}", $"{world.DeletedDeal}"],
        ["tasks/id"] = world => [$"{world.Task}", $"{world.DeletedTask}"],
        ["activities/id"] = world => [$"{world.Activity}", $"{world.DeletedActivity}"],
        ["pipelines/id"] = world => [$"{world.OwnPipeline}"],
        ["dashboards/id"] = world => [$"{world.Dashboard}"],
        ["reports/key"] = world => [$"{world.Dashboard}"], // its report is called as it is
        ["teams/id"] = world => [$"{world.Team}"],
        ["goals/id"] = world => [$"{world.Goal}"],
        ["api-keys/id"] = world => [$"{world.ApiKey}"],
        ["webhooks/id"] = world => [$"{world.Webhook}"],
        ["invitations/id"] = world => [$"{world.Invitation}"],
        ["workflows/id"] = world => [$"{world.Workflow}"],
        ["runs/id"] = world => [$"{world.Run}"],
        ["availability/userId"] = world => [world.Member],
        ["members/userId"] = world => [world.Member],
        ["notifications/id"] = world => [$"{world.Notification}"], // of the user who is UserFor
    };

    /// <summary>Whose record an id in a body or a query is, by the last name of its place; before that by the collection too, where it takes another record there.</summary>
    private static readonly IReadOnlyDictionary<string, Func<World, string[]>> Named = new Dictionary<string, Func<World, string[]>>(StringComparer.Ordinal)
    {
        ["leadId"] = world => [$"{world.Lead}", $"{world.DeletedLead}"],
        ["dealId"] = world => [$"{world.Deal}", $"{world.DeletedDeal}"],
        ["taskId"] = world => [$"{world.Task}", $"{world.DeletedTask}"],
        ["pipelineId"] = world => [$"{world.Pipeline}"],
        ["teamId"] = world => [$"{world.Team}"],
        ["ownerId"] = world => [world.Member],
        ["fallbackId"] = world => [world.Member],
        ["assigneeId"] = world => [world.Member],
        ["userId"] = world => [world.Member],
        ["memberId"] = world => [world.Member],
        ["memberIds"] = world => [world.Member],
        ["customerId"] = world => [world.Customer],
        ["ids"] = world => [$"{world.Lead}", $"{world.DeletedLead}"],
        ["conversions/leadId"] = world => [$"{world.ConvertedLead}"],
        ["customers/leadId"] = world => [$"{world.ConvertedLead}"],
        ["events/eventId"] = world => [$"{world.Event}"],
        ["webhooks/eventId"] = world => [$"{world.DeliveredEvent}"],
        ["workflowId"] = world => [$"{world.Workflow}"],
        ["webhookId"] = world => [$"{world.Webhook}"],
        ["recordId"] = world => [$"{world.Lead}", $"{world.DeletedLead}"],
    };

    /// <summary>The ids of a tenant that could stand at a place of an operation, a live one first; null where none is known.</summary>
    public static string[]? IdsFor(Operation operation, IdPlace place, World world)
    {
        if (place.Kind == PlaceKind.Path) return InPaths.GetValueOrDefault($"{operation.NameBefore(place.Name)}/{place.Name}")?.Invoke(world);
        var name = place.Name.Split('/')[^1];
        return (Named.GetValueOrDefault($"{operation.Collection}/{name}") ?? Named.GetValueOrDefault(name))?.Invoke(world);
    }

    /// <summary>By whom a right request is sent: notifications are everybody's own, all else any member may ask for that has the role.</summary>
    public static string UserFor(Operation operation, World world) => operation.IsBelowApi && operation.Collection == "notifications" ? world.Client.User : world.Member;

    /// <summary>A right body for an operation, with the tenant's own records where it can't do without.</summary>
    public static Dictionary<string, object?>? BodyFor(Operation operation, World world)
    {
        if (operation.Body is null || !Bodies.TryGetValue(operation.Body.Type, out var sample)) return null;
        var body = new Dictionary<string, object?>(sample, StringComparer.Ordinal);
        if (operation.Body.Type == typeof(ActivityFields)) body["leadId"] = world.Lead;
        if (operation.Body.Type == typeof(ConvertLeads)) body["ids"] = new[] { world.Lead };
        if (operation.Body.Type == typeof(TeamFields) || operation.Body.Type == typeof(PipelineFields)) body["name"] = $"Sample {Guid.CreateVersion7()}";
        if (operation.Body.Type == typeof(TestWorkflow)) body["recordId"] = world.Lead;
        if (operation.Body.Type == typeof(WorkflowFields)) body["actions"] = new Dictionary<string, object?>[] { new(StringComparer.Ordinal) { ["type"] = "NOTIFY", ["text"] = "Sample" } };
        if (operation.Body.Type == typeof(RoutingFields))
        {
            Dictionary<string, object?>[] candidates = [new(StringComparer.Ordinal) { ["userId"] = world.Member }];
            body["rules"] = new Dictionary<string, object?>[] { new(StringComparer.Ordinal) { ["name"] = "All", ["candidates"] = candidates } };
        }

        if (operation.Body.Type == typeof(GoalFields)) (body["ownerId"], body["period"]) = (world.Member, NewPeriod());
        return body;
    }

    /// <summary>A month that no other goal is for.</summary>
    public static string NewPeriod()
    {
        var month = Interlocked.Increment(ref months);
        return $"{1970 + (month / 12 % 230)}-{(month % 12) + 1:00}";
    }
}

internal enum PlaceKind { Path, Body, Each, Query }

/// <summary>Where an operation takes an id: a parameter of the path or the query, or a pointer into the body; or several, each of which is answered for itself.</summary>
internal sealed record IdPlace(PlaceKind Kind, string Name)
{
    public static IReadOnlyList<IdPlace> Of(Operation operation) =>
    [
        .. operation.PathIds.Select(name => new IdPlace(PlaceKind.Path, name)),
        .. operation.BodyIds.Select(name => new IdPlace(name == "/ids" ? PlaceKind.Each : PlaceKind.Body, name)),
        .. operation.QueryIds.Select(name => new IdPlace(PlaceKind.Query, name)),
    ];
}

/// <summary>A tenant with one of everything, and one deleted of everything that can be.</summary>
internal sealed record World(Client Client, string Member, string Customer, Guid Pipeline, Guid Lead, Guid Deal, Guid Task, Guid Activity)
{
    public Guid Invitation { get; init; }

    public Guid DeletedLead { get; init; }
    public Guid DeletedDeal { get; init; }
    public Guid DeletedTask { get; init; }
    public Guid DeletedActivity { get; init; }

    /// <summary>One that is pending, of a lead of its own, and due tomorrow.</summary>
    public Guid Conversion { get; init; }

    /// <summary>The lead that became the customer.</summary>
    public Guid ConvertedLead { get; init; }

    /// <summary>One of the tenant's log.</summary>
    public Guid Event { get; init; }

    public Guid Webhook { get; init; }

    /// <summary>An event that the webhook was sent.</summary>
    public Guid DeliveredEvent { get; init; }

    /// <summary>Of the client's user.</summary>
    public Guid Notification { get; init; }

    /// <summary>A pipeline that no deal is in.</summary>
    public Guid OwnPipeline { get; init; }

    /// <summary>A shared one of the member's, with a report that has its id as its key.</summary>
    public Guid Dashboard { get; init; }

    public Guid Team { get; init; }
    public Guid ApiKey { get; init; }

    /// <summary>Of the member; the team has one, too.</summary>
    public Guid Goal { get; init; }

    /// <summary>An active one for new leads, which ran for the lead.</summary>
    public Guid Workflow { get; init; }

    /// <summary>Of the workflow, for the lead; it failed.</summary>
    public Guid Run { get; init; }

    /// <param name="client">An admin of the tenant.</param>
    /// <param name="member">A user whom no other tenant knows.</param>
    public static async Task<World> MakeAsync(Client client, string member)
    {
        await client.As(Role.Rep, member).GetAsync("/api/me");
        var pipeline = (await client.GetAsync("/api/pipelines")).Items[0].GetProperty("id").GetGuid();
        var (converted, customer) = await ConvertedAsync(client, member);
        var live = await MakeAsync(client, member, linked: true);
        await client.Host.QueryAsync(client.TenantId, db => db.Deals.ExecuteUpdateAsync(set => set.SetProperty(deal => deal.CustomerId, customer)));
        var deleted = await MakeAsync(client, member, linked: true);
        foreach (var (collection, id) in new[] { ("activities", deleted.Activity), ("tasks", deleted.Task), ("deals", deleted.Deal), ("leads", deleted.Lead) })
        {
            (await client.DeleteAsync($"/api/{collection}/{id}")).ShouldBe(System.Net.HttpStatusCode.NoContent);
        }

        var (webhook, delivered) = await WebhookAsync(client);
        var team = await TeamAsync(client, member);
        var (workflow, run) = await WorkflowAsync(client, live.Lead);
        (await client.PatchAsync("/api/automation/routing", new { rules = new[] { new { name = "All", candidates = new[] { new { userId = member } } } } })).ShouldBe(System.Net.HttpStatusCode.OK);
        return new World(client, member, customer, pipeline, live.Lead, live.Deal, live.Task, live.Activity)
        {
            DeletedLead = deleted.Lead,
            DeletedDeal = deleted.Deal,
            DeletedTask = deleted.Task,
            DeletedActivity = deleted.Activity,
            ConvertedLead = converted,
            Webhook = webhook,
            DeliveredEvent = delivered,
            Conversion = await PendingAsync(client, member),
            Event = await ConsumerAsync(client),
            OwnPipeline = await PipelineAsync(client),
            Dashboard = await DashboardAsync(client, member),
            Team = team,
            Goal = await GoalAsync(client, member, team),
            Workflow = workflow,
            Run = run,
            ApiKey = await KeyAsync(client),
            Invitation = await InviteAsync(client),
            Notification = await NotifyAsync(client),
        };
    }

    /// <summary>The same tenant with fresh records, for a request that will change them.</summary>
    public async Task<World> FreshAsync()
    {
        var (lead, deal, task, activity) = await MakeAsync(Client, Member, linked: false);
        await MakeRoomForWebhooksAsync();
        await MakeRoomForPipelinesAsync();
        await MakeRoomForDashboardsAsync();
        await MakeRoomForWorkflowsAsync();
        var (webhook, delivered) = await WebhookAsync(Client);
        var team = await TeamAsync(Client, Member);
        var (workflow, run) = await WorkflowAsync(Client, lead);
        return this with
        {
            Lead = lead,
            Deal = deal,
            Task = task,
            Activity = activity,
            Webhook = webhook,
            DeliveredEvent = delivered,
            Conversion = await PendingAsync(Client, Member),
            OwnPipeline = await PipelineAsync(Client),
            Dashboard = await DashboardAsync(Client, Member),
            Team = team,
            Goal = await GoalAsync(Client, Member, team),
            Workflow = workflow,
            Run = run,
            ApiKey = await KeyAsync(Client),
            Invitation = await InviteAsync(Client),
            Notification = await NotifyAsync(Client),
        };
    }

    private static async Task<(Guid Lead, string Customer)> ConvertedAsync(Client client, string member)
    {
        var lead = await client.MakeAsync("leads", new { lastName = "Hopper", ownerId = member });
        return (lead, (await client.PostAsync($"/api/leads/{lead}/convert")).ShouldBe(System.Net.HttpStatusCode.OK)["customerId"].GetString()!);
    }

    /// <summary>As a registry leaves it that was away; nobody takes it up before tomorrow unless asked to.</summary>
    private static async Task<Guid> PendingAsync(Client client, string member)
    {
        var id = await client.MakeAsync("leads", new { lastName = "Hamilton", ownerId = member });
        return await client.Host.QueryAsync(client.TenantId, async db =>
        {
            var lead = await db.Leads.SingleAsync(l => l.Id == id);
            var attempt = new LeadConversion(lead, $$"""{"externalReference":"lead:{{id}}","lastName":"Hamilton"}""", null, db.Stamp());
            attempt.Postpone("The registry is away.", attempt.CreatedAt.AddDays(1), null);
            lead.BeginConversion(attempt.Id);
            db.Add(attempt);
            await db.SaveChangesAsync();
            return attempt.Id;
        });
    }

    /// <summary>Somebody who is told of events, and one that they wouldn't take.</summary>
    private static Task<Guid> ConsumerAsync(Client client) => client.Host.QueryAsync(client.TenantId, async db =>
    {
        if (await db.LogConsumers.AnyAsync(c => c.Name == "sample")) return await db.HeldDeliveries.Select(h => h.EventId).FirstAsync();
        var id = await db.Events.Where(e => e.RecordId != null).OrderBy(e => e.Id).Select(e => e.Id).FirstAsync();
        var held = new HeldDelivery { TenantId = client.TenantId, Id = Guid.CreateVersion7(), Consumer = "sample", Position = 1, EventId = id };
        held.Park("No queue takes it.", db.Stamp().At);
        db.Add(new LogConsumer { TenantId = client.TenantId, Name = "sample" });
        db.Add(held);
        await db.SaveChangesAsync();
        return id;
    });

    /// <summary>With an event that it was sent, by an address where nobody is.</summary>
    private static async Task<(Guid Webhook, Guid EventId)> WebhookAsync(Client client)
    {
        var id = await client.As(Role.Admin, client.User).MakeAsync("webhooks", new { url = "https://hooks.crm.example/world" });
        return (id, await client.Host.QueryAsync(client.TenantId, async db =>
        {
            var sent = await db.Events.Where(e => e.RecordId != null).OrderBy(e => e.Id).FirstAsync();
            db.Add(new WebhookDelivery { TenantId = client.TenantId, Id = Guid.CreateVersion7(), WebhookId = id, EventId = sent.Id, Type = sent.Type, Attempt = 1, At = sent.OccurredAt, RequestHeaders = "{}", AnswerHeaders = "{}" });
            await db.SaveChangesAsync();
            return sent.Id;
        }));
    }

    /// <summary>A tenant may have so many only; those of earlier requests aren't needed any more.</summary>
    private Task<int> MakeRoomForWebhooksAsync() => Client.Host.QueryAsync(Client.TenantId, async db =>
    {
        if (await db.Webhooks.CountAsync() < WebhookService.Most - 5) return 0;
        var old = await db.Webhooks.Where(w => w.Id != Webhook).OrderBy(w => w.CreatedAt).Take(WebhookService.Most / 2).Select(w => w.Id).ToListAsync();
        await db.WebhookDeliveries.Where(d => old.Contains(d.WebhookId)).ExecuteDeleteAsync();
        return await db.Webhooks.Where(w => old.Contains(w.Id)).ExecuteDeleteAsync();
    });

    private Task<int> MakeRoomForPipelinesAsync() => Client.Host.QueryAsync(Client.TenantId, async db =>
        await db.Pipelines.CountAsync(p => p.RetiredAt == null) < PipelineService.Most - 5 ? 0
            : await db.Pipelines.Where(p => p.RetiredAt == null && !p.IsDefault && p.Id != OwnPipeline).ExecuteUpdateAsync(set => set.SetProperty(p => p.RetiredAt, db.Stamp().At)));

    private Task<int> MakeRoomForDashboardsAsync() => Client.Host.QueryAsync(Client.TenantId, async db =>
        await db.Dashboards.CountAsync(d => d.OwnerId == Member) < DashboardService.Most - 5 ? 0 : await db.Dashboards.Where(d => d.Id != Dashboard).ExecuteDeleteAsync());

    private Task<int> MakeRoomForWorkflowsAsync() => Client.Host.QueryAsync(Client.TenantId, async db =>
    {
        if (await db.Workflows.CountAsync() < WorkflowService.Most - 5) return 0;
        await db.WorkflowRuns.Where(r => r.WorkflowId != Workflow).ExecuteDeleteAsync();
        await db.WorkflowVersions.Where(v => v.WorkflowId != Workflow).ExecuteDeleteAsync();
        return await db.Workflows.Where(w => w.Id != Workflow).ExecuteDeleteAsync();
    });

    /// <summary>With a run that failed as often as it is tried.</summary>
    public static async Task<(Guid Workflow, Guid Run)> WorkflowAsync(Client client, Guid lead)
    {
        var admin = client.As(Role.Admin, client.User);
        var id = await admin.MakeAsync("automation/workflows", new { name = "World", trigger = new { events = Samples.Events }, actions = new object[] { new { type = "ADD_TAG", tag = "world" } } });
        (await admin.PostAsync($"/api/automation/workflows/{id}/activate")).ShouldBe(System.Net.HttpStatusCode.OK);
        return (id, await client.Host.QueryAsync(client.TenantId, async db =>
        {
            var at = db.Stamp().At;
            var run = new WorkflowRun
            {
                TenantId = client.TenantId,
                Id = Guid.CreateVersion7(),
                WorkflowId = id,
                WorkflowVersion = 1,
                Key = Guid.CreateVersion7(),
                EventId = null,
                EventType = null,
                TriggeredAt = at,
                Collection = "leads",
                RecordId = lead,
                Depth = 1,
                RootId = Guid.CreateVersion7(),
                State = WorkflowRunState.Failed,
                Steps = WorkflowRun.Json([new WorkflowStepView { Type = WorkflowActionType.AddTag, Tag = "world" }]),
                At = at,
                Tries = 6,
                Problem = "It has 50 tags already.",
                DueAt = null,
                StartedAt = at,
                EndedAt = at,
            };
            db.Add(run);
            await db.SaveChangesAsync();
            return run.Id;
        }));
    }

    private static async Task<Guid> DashboardAsync(Client client, string member)
    {
        var owner = client.As(Role.Rep, member);
        var id = await owner.MakeAsync("dashboards", new { name = "Monday round", isShared = true, reports = Samples.Reports });
        (await owner.PatchAsync($"/api/dashboards/{id}", new { reports = new[] { new { key = $"{id}", name = "Won last month", report = "win-rate" } } })).ShouldBe(System.Net.HttpStatusCode.OK);
        return id;
    }

    private static Task<Guid> KeyAsync(Client client) => client.MakeAsync("api-keys", new { name = "Program", role = "REP" });

    private static Task<Guid> PipelineAsync(Client client) => client.As(Role.Admin, client.User).MakeAsync("pipelines", new { name = $"Pipeline {Guid.CreateVersion7()}", stages = Samples.Stages });

    private static Task<Guid> TeamAsync(Client client, string member) => client.MakeAsync("teams", new { name = $"Team {Guid.CreateVersion7()}", memberIds = new[] { member } });

    private static async Task<Guid> GoalAsync(Client client, string member, Guid team)
    {
        await client.MakeAsync("goals", new { teamId = team, period = Samples.NewPeriod(), target = 1_000 });
        return await client.MakeAsync("goals", new { ownerId = member, period = Samples.NewPeriod(), target = 1_000 });
    }

    private static Task<Guid> InviteAsync(Client client) => client.As(Role.Admin, client.User).MakeAsync("invitations", new { email = $"{Guid.CreateVersion7():N}@crm.example", role = "VIEWER" });

    private static Task<Guid> NotifyAsync(Client client) => client.Host.QueryAsync(client.TenantId, async db =>
    {
        var notification = new Notification
        {
            TenantId = client.TenantId,
            Id = Guid.CreateVersion7(),
            Number = await db.Notifications.CountAsync() + 1,
            UserId = client.User,
            Kind = NotificationKind.WebhookDisabled,
            EventId = Guid.CreateVersion7(),
            Collection = "webhooks",
            SubjectId = $"{Guid.CreateVersion7()}",
            Title = "Orders",
            Actor = "webhooks",
            CreatedAt = db.Stamp().At,
        };
        db.Add(notification);
        await db.SaveChangesAsync();
        return notification.Id;
    });

    private static async Task<(Guid Lead, Guid Deal, Guid Task, Guid Activity)> MakeAsync(Client client, string member, bool linked)
    {
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", ownerId = member });
        Guid? parent = linked ? lead : null; // a lead with an open deal can't be deleted
        var deal = await client.MakeAsync("deals", new { name = "Engine", ownerId = member, leadId = parent });
        var task = await client.MakeAsync("tasks", new { title = "Call", assigneeId = member, leadId = parent, dealId = deal });
        var activity = await client.As(Role.Rep, member).MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead, dealId = deal, taskId = task });
        return (lead, deal, task, activity);
    }
}
