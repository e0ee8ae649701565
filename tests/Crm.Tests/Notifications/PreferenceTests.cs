using System.Net;
using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Notifications;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Notifications;

/// <summary>By which ways one wants to be told of what.</summary>
public sealed class PreferenceTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private const string Path = "/api/notifications/preferences";

    [Theory, EachDatabase]
    public async Task At_first_everything_is_shown_and_nothing_mailed_and_every_kind_can_be_set(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();

        var answer = (await ada.GetAsync(Path)).ShouldBe(HttpStatusCode.OK);

        var kinds = answer.Json.EnumerateObject().Where(member => member.Name != "version").ToList();
        kinds.Select(member => JsonNamingPolicy.SnakeCaseUpper.ConvertName(member.Name)).ShouldBe(EnumNames<NotificationKind>.All);
        foreach (var member in kinds)
        {
            Channels(answer, member.Name).ShouldBe((true, false));
            var set = (await ada.PatchAsync(Path, new Dictionary<string, object>(StringComparer.Ordinal) { [member.Name] = new { inApp = false, email = true } })).ShouldBe(HttpStatusCode.OK);
            Channels(set, member.Name).ShouldBe((false, true));
        }

        var after = await ada.GetAsync(Path);
        foreach (var member in kinds) Channels(after, member.Name).ShouldBe((false, true));
    }

    [Theory, EachDatabase]
    public async Task A_patch_leaves_what_it_does_not_name_and_null_brings_back_what_was_at_first(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.PatchAsync(Path, new { taskAssigned = new { email = true }, dealWon = new { inApp = false } });

        var one = (await ada.PatchAsync(Path, new { taskAssigned = new { inApp = false } })).ShouldBe(HttpStatusCode.OK);
        var none = (await ada.PatchAsync(Path, """{ "taskAssigned": null }""")).ShouldBe(HttpStatusCode.OK);

        (Channels(one, "taskAssigned"), Channels(one, "dealWon"), Channels(one, "dealLost")).ShouldBe(((false, true), (false, false), (true, false)));
        (Channels(none, "taskAssigned"), Channels(none, "dealWon")).ShouldBe(((true, false), (false, false)));
        (await ada.GetAsync(Path)).Text.ShouldBe(none.Text);
    }

    [Theory, EachDatabase]
    public async Task A_put_sets_all_and_what_was_read_can_be_put_back(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var before = await ada.PatchAsync(Path, new { taskAssigned = new { email = true }, dealWon = new { inApp = false } });
        var kinds = before.Json.EnumerateObject().Where(member => member.Name != "version").ToDictionary(member => member.Name, member => (object)member.Value, StringComparer.Ordinal);

        var replaced = (await ada.PutAsync(Path, new { taskAssigned = new { inApp = false } })).ShouldBe(HttpStatusCode.OK);
        var restored = (await ada.PutAsync(Path, kinds)).ShouldBe(HttpStatusCode.OK);

        (Channels(replaced, "taskAssigned"), Channels(replaced, "dealWon")).ShouldBe(((false, false), (true, false)));
        foreach (var (kind, channels) in kinds) restored[kind].GetRawText().ShouldBe(((JsonElement)channels).GetRawText());
    }

    [Theory, EachDatabase]
    public async Task Who_has_seen_older_ones_changes_nothing(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var seen = (await ada.GetAsync(Path)).ETag;

        var answers = await Task.WhenAll(Enum.GetValues<NotificationKind>().Select(kind =>
            ada.PatchAsync(Path, new Dictionary<string, object>(StringComparer.Ordinal) { [JsonNamingPolicy.CamelCase.ConvertName($"{kind}")] = new { email = true } }, ("If-Match", seen))));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed).ShouldBe(answers.Length - 1);
        (await ada.GetAsync(Path)).ETag.ShouldBe(answers.Single(answer => answer.Status == HttpStatusCode.OK).ETag);
    }

    [Theory, EachDatabase]
    public async Task They_are_the_users_own_and_faults_are_told_by_their_place(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var bea = await ada.MemberAsync("bea");
        await ada.PatchAsync(Path, new { taskAssigned = new { email = true } });

        Channels(await bea.GetAsync(Path), "taskAssigned").ShouldBe((true, false));
        (await ada.PatchAsync(Path, """{ "taskAssigned": { "sms": true, "email": "often" }, "taskLost": {} }""")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed")
            .Faults.ShouldBe(["/taskAssigned/sms", "/taskAssigned/email", "/taskLost"], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task What_one_does_not_want_to_hear_is_not_told(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var bea = await ada.MemberAsync("bea");
        await bea.PatchAsync(Path, new { taskAssigned = new { inApp = false } });
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });
        await ada.MakeAsync("deals", new { name = "Engine", ownerId = "bea" });

        await ada.Host.TellAsync();

        (await bea.NotificationsAsync()).ShouldHaveSingleItem().GetProperty("number").GetInt64().ShouldBe(1);
        (await bea.KindsAsync()).ShouldBe(["DEAL_ASSIGNED"]);
    }

    [Theory, EachDatabase]
    public async Task Changes_of_one_user_at_once_lose_nothing(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        await ada.GetAsync("/api/me");
        string[] bodies = ["""{ "taskAssigned": { "inApp": false } }""", """{ "taskAssigned": { "email": true } }""", """{ "dealWon": { "email": true } }"""];

        var answers = await Task.WhenAll(bodies.Select(body => ada.PatchAsync(Path, body)));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        var after = await ada.GetAsync(Path);
        (Channels(after, "taskAssigned"), Channels(after, "dealWon")).ShouldBe(((false, true), (true, true)));
    }

    private static (bool InApp, bool Email) Channels(Answer answer, string kind) => (answer[kind].GetProperty("inApp").GetBoolean(), answer[kind].GetProperty("email").GetBoolean());
}
