using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Contracts.Tasks;
using Crm.Contracts.Webhooks;
using Crm.Services.Audit;
using Crm.Services.Events;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Clients;

public sealed class EventsClientTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Changes_are_read_by_pages_and_followed_while_they_happen(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var crm = client.Typed();
        var lead = await crm.Leads.CreateAsync(new LeadFields { LastName = "Lovelace" }, null, Ct);
        await crm.Tasks.CreateAsync(new TaskFields { Title = "Call" }, null, Ct);
        await SealAsync(client);

        var page = await crm.Events.ReadAsync(new FeedQuery { Take = 1 }, Ct);
        (page.HasMore, page.Items.Single().Type, page.Items[0].Subject, page.Items[0].Data.Version).ShouldBe((true, EventTypes.LeadCreated, $"leads/{lead.Id}", 1));
        page.Items[0].Data.Record.Deserialize<LeadView>(Crm.Contracts.Json.CrmJson.Options)!.LastName.ShouldBe("Lovelace");
        (await crm.Events.ReadAsync(new FeedQuery { After = page.Next, Types = [EventTypes.TaskCreated, EventTypes.DealWon] }, Ct)).Items.Single().Type.ShouldBe(EventTypes.TaskCreated);
        (await Should.ThrowAsync<CrmException>(() => crm.Events.ReadAsync(new FeedQuery { After = "99" }, Ct))).Code.ShouldBe(FailureCodes.Validation);

        await using var follow = crm.Events.FollowAsync(page.Next, null, Ct).GetAsyncEnumerator(Ct);
        (await follow.MoveNextAsync()).ShouldBeTrue();
        follow.Current.Type.ShouldBe(EventTypes.TaskCreated);
        var next = follow.MoveNextAsync();
        await crm.Leads.ChangeAsync(lead.Id, new { lastName = "King" }, null, Ct);
        await SealAsync(client);
        (await next).ShouldBeTrue();
        (follow.Current.Type, follow.Current.Sequence, follow.Current.Data.Changes["lastName"].To!.Value.GetString()).ShouldBe((EventTypes.LeadUpdated, "3", "King"));
    }

    [Theory, EachDatabase]
    public async Task What_a_consumer_would_not_take_is_listed_and_told_again(Database database)
    {
        await using var relay = await Events.RelayHost.StartAsync(database, new Events.FakeConsumer { Tries = 1 });
        var client = relay.Host.NewTenant();
        var crm = client.Typed();
        for (var i = 0; i < 3; i++) await crm.Leads.CreateAsync(new LeadFields { LastName = $"Lovelace {i}" }, null, Ct);
        relay.Consumer.Answer = _ => new Delivery.Refused("No queue takes it.");
        await relay.SealAndRelayAsync();

        (await crm.Events.ConsumersAsync(Ct)).Single(consumer => consumer.Name == "fake").Parked.ShouldBe(3);
        var parked = await crm.Events.ListAllParkedAsync(new ParkedEventQuery { Consumer = ["fake"], Take = 2, Sort = "parkedAt" }, Ct).ToListAsync(Ct);
        parked.Select(one => (one.Problem, one.Type)).ShouldBe(Enumerable.Repeat(("No queue takes it.", EventTypes.LeadCreated), 3));
        (await crm.Events.RedriveAsync(new RedriveEvents { Consumer = "fake", EventId = parked[0].EventId }, Ct)).ShouldBe(1);
        (await Should.ThrowAsync<CrmException>(() => crm.Events.RedriveAsync(new RedriveEvents { Consumer = "nobody" }, Ct))).Code.ShouldBe(FailureCodes.UnknownReference);
    }

    [Theory, EachDatabase]
    public async Task A_webhook_is_made_changed_and_deleted_through_the_typed_client(Database database)
    {
        var crm = (await Hosts.For(database)).NewTenant().Typed();
        var made = await crm.Webhooks.CreateAsync(new WebhookFields { Url = "https://hooks.crm.example/in", Types = [EventTypes.DealWon] }, "key", Ct);
        made.Secret.ShouldStartWith("whsec_");
        (await crm.Webhooks.CreateAsync(new WebhookFields { Url = "https://hooks.crm.example/in", Types = [EventTypes.DealWon] }, "key", Ct)).Secret.ShouldBe(made.Secret);

        var changed = await crm.Webhooks.ChangeAsync(made.Id, new { name = "Warehouse" }, made.Version, Ct);
        (changed.Name, changed.Version).ShouldBe(("Warehouse", made.Version + 1));
        (await Should.ThrowAsync<CrmException>(() => crm.Webhooks.ChangeAsync(made.Id, new { name = "Depot" }, made.Version, Ct))).Kind.ShouldBe(FailureKind.PreconditionFailed);
        (await crm.Webhooks.RotateSecretAsync(made.Id, Ct)).Secret.ShouldNotBe(made.Secret);
        (await crm.Webhooks.DisableAsync(made.Id, Ct)).State.ShouldBe(WebhookState.Disabled);
        (await Should.ThrowAsync<CrmException>(() => crm.Webhooks.RedriveAsync(made.Id, new RedriveWebhook(), Ct))).Code.ShouldBe(FailureCodes.InvalidTransition);
        (await crm.Webhooks.EnableAsync(made.Id, Ct)).State.ShouldBe(WebhookState.Active);
        (await crm.Webhooks.RedriveAsync(made.Id, new RedriveWebhook(), Ct)).ShouldBe(0);
        (await crm.Webhooks.ReplayAsync(made.Id, made.CreatedAt, Ct)).ShouldBe(0);
        (await crm.Webhooks.TestAsync(made.Id, Ct)).Outcome.ShouldBe(DeliveryOutcome.Failed, "nobody has the name crm.example");
        (await crm.Webhooks.ListDeliveriesAsync(made.Id, new WebhookDeliveryQuery { Type = [EventTypes.WebhookTest], Outcome = [DeliveryOutcome.Failed] }, Ct)).Items.Count.ShouldBe(1);
        (await crm.Webhooks.ListAsync(new WebhookQuery { State = [WebhookState.Active] }, Ct)).Items.Single().Id.ShouldBe(made.Id);
        (await crm.Webhooks.GetAsync(made.Id, Ct)).Name.ShouldBe("Warehouse");
        await crm.Webhooks.DeleteAsync(made.Id, null, Ct);
        (await Should.ThrowAsync<CrmException>(() => crm.Webhooks.GetAsync(made.Id, Ct))).Kind.ShouldBe(FailureKind.NotFound);
    }

    [Theory, EachDatabase]
    public async Task Notifications_are_read_and_their_ways_chosen_through_the_typed_client(Database database)
    {
        await using var relay = await Events.RelayHost.StartAsync(database);
        var client = relay.Host.NewTenant();
        var (crm, rep) = (client.Typed(), client.As(Role.Rep, "rep").Typed());
        await rep.MeAsync(Ct);
        for (var i = 0; i < 3; i++) await crm.Tasks.CreateAsync(new TaskFields { Title = $"Call {i}", AssigneeId = "rep" }, null, Ct);
        await relay.SealAndRelayAsync();

        var all = await rep.Notifications.ListAllAsync(new NotificationQuery { Take = 2, Sort = "createdAt" }, Ct).ToListAsync(Ct);
        all.Select(one => (one.Kind, one.Title)).ShouldBe(Enumerable.Range(0, 3).Select(i => (NotificationKind.TaskAssigned, $"Call {i}")));
        (await rep.Notifications.ReadAsync(all[0].Id, Ct)).ReadAt.ShouldNotBeNull();
        (await rep.Notifications.UnreadCountAsync(Ct)).Unread.ShouldBe(2);
        (await rep.Notifications.UnreadAsync(all[0].Id, Ct)).ReadAt.ShouldBeNull();
        (await rep.Notifications.ListAsync(new NotificationQuery { Read = false, Kind = [NotificationKind.TaskAssigned] }, Ct)).Items.Count.ShouldBe(3);
        (await rep.Notifications.ReadAllAsync(null, Ct)).Unread.ShouldBe(0);
        (await rep.Notifications.ChangePreferencesAsync(new { taskOverdue = new { email = true } }, null, Ct)).TaskOverdue.Email.ShouldBeTrue();
        (await rep.Notifications.PreferencesAsync(Ct)).TaskAssigned.ShouldBe(new ChannelView { InApp = true, Email = false });
    }

    private static Task<int> SealAsync(Tests.Client client) => client.Host.Services.GetRequiredService<Sealer>().SealBatchAsync(client.TenantId, Ct);
}
