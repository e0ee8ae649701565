using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Workflows;

/// <summary>What a workflow may set is held against the record's own rules when it is written, not when it runs.</summary>
public sealed class FieldValueTests
{
    [Theory]
    [EachDatabase("""{}""", "")]
    [EachDatabase("""{"nothing":1}""", "/nothing")]
    [EachDatabase("""{"ownerId":"me"}""", "/ownerId")]
    [EachDatabase("""{"lastName":null}""", "/lastName")]
    [EachDatabase("""{"lastName":""}""", "/lastName")]
    [EachDatabase("""{"lastName":"\ud800"}""", "/lastName")]
    [EachDatabase("""{"lastName":"\u0000"}""", "/lastName")]
    [EachDatabase("""{"\ud800":1}""", "")]
    [EachDatabase("""{"status":"\ud800"}""", "/status")]
    [EachDatabase("""{"status":1}""", "/status")]
    [EachDatabase("""{"status":null}""", "/status")]
    [EachDatabase("""{"email":"x"}""", "/email")]
    [EachDatabase("""{"estimatedValue":"\ud800"}""", "/estimatedValue")]
    [EachDatabase("""{"estimatedValue":1e400}""", "/estimatedValue")]
    [EachDatabase("""{"estimatedValue":-1}""", "/estimatedValue")]
    [EachDatabase("""{"estimatedValue":{}}""", "/estimatedValue")]
    [EachDatabase("""{"description":[1]}""", "/description")]
    public async Task A_value_that_a_lead_cannot_have_is_refused_with_its_pointer(Database database, string fields, string place)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PostAsync("/api/automation/workflows", Body("lead.created", fields));

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/actions/0/fields{place}"]);
        answer.Text.ShouldNotContain("LeadFields");
    }

    [Theory]
    [EachDatabase("task.created", """{"dueAt":"\ud800"}""", "/dueAt")]
    [EachDatabase("task.created", """{"dueAt":"tomorrow","priority":"URGENT"}""", "/dueAt")]
    [EachDatabase("deal.created", """{"expectedCloseDate":"\ud800"}""", "/expectedCloseDate")]
    [EachDatabase("deal.created", """{"probability":101}""", "/probability")]
    [EachDatabase("deal.created", """{"probability":99999999999}""", "/probability")]
    [EachDatabase("deal.created", """{"stage":"PROPOSAL"}""", "/stage")]
    public async Task A_value_that_a_task_or_a_deal_cannot_have_is_refused_with_its_pointer(Database database, string trigger, string fields, string place)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PostAsync("/api/automation/workflows", Body(trigger, fields))).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/actions/0/fields{place}"]);
    }

    [Theory, EachDatabase]
    public async Task What_an_action_has_no_use_for_is_said_once_and_not_looked_into(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PostAsync("/api/automation/workflows", """
            { "name": "Tag", "trigger": { "events": ["lead.created"] }, "actions": [{ "type": "ADD_TAG", "tag": "vip", "text": "{nothing}", "fields": { "nothing": 1 }, "continueIf": { "field": "nothing", "is": 1 } }] }
            """);

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/actions/0/text", "/actions/0/fields", "/actions/0/continueIf"], ignoreOrder: true);
        answer["errors"].EnumerateObject().ShouldAllBe(fault => fault.Value[0].GetString() == "is of no use for this type; leave it out");
    }

    private static string Body(string trigger, string fields) => $$"""{ "name": "Set", "trigger": { "events": ["{{trigger}}"] }, "actions": [{ "type": "SET_FIELDS", "fields": {{fields}} }] }""";
}
