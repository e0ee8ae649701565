using System.Net;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>Two instances that are asked to convert one lead at once.</summary>
public sealed class RacingInstancesTests
{
    [Theory, EachDatabase]
    public async Task Fifty_who_convert_one_lead_by_either_make_one_call_one_customer_and_one_event(Database database)
    {
        await using var both = await InstancePair.StartAsync(database);
        var lead = await both.Ada.MakeAsync("leads", new { lastName = "Lovelace" });

        var answers = await Race.OfAsync(50, i => both.Clients[i % 2].ConvertAsync(lead));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.Accepted);
        var id = answers.Select(answer => answer["conversionId"].GetGuid()).Distinct().ShouldHaveSingleItem();
        await both.Ada.EndAsync(id);
        await both.Ada.ShouldBeCompletedAsync(id, lead, both.Registry.MadeOf(lead).ShouldHaveSingleItem());
        both.Registry.Posts.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task One_key_has_one_answer_byte_for_byte_whichever_is_asked(Database database)
    {
        await using var both = await InstancePair.StartAsync(database);
        var lead = await both.Ada.MakeAsync("leads", new { lastName = "Lovelace" });

        var answers = await Race.OfAsync(20, i => Race.UntilAnsweredAsync(() => both.Clients[i % 2].ConvertAsync(lead, ("Idempotency-Key", "one"))));

        foreach (var answer in answers) ShouldBeTheSame(answer, answers[0].ShouldBe(HttpStatusCode.OK));
        both.Registry.Posts.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_key_under_which_one_was_told_to_wait_says_so_for_good_while_the_conversion_goes_on(Database database)
    {
        await using var both = await InstancePair.StartAsync(database);
        var lead = await both.Ada.MakeAsync("leads", new { lastName = "Lovelace" });
        both.Registry.AnswerPosts(_ => Results.StatusCode(503));
        var first = (await both.Ada.ConvertAsync(lead, ("Idempotency-Key", "one"))).ShouldBe(HttpStatusCode.Accepted);
        both.Registry.GetWell();
        var (id, _) = await both.OvertakeAsync(lead);

        var second = await both.Clients[1].ConvertAsync(lead, ("Idempotency-Key", "one"));

        ShouldBeTheSame(second, first);
        (first.Headers["Location"], second.Headers["Location"]).ShouldBe(($"/api/conversions/{id}", $"/api/conversions/{id}"));
    }

    private static void ShouldBeTheSame(Answer answer, Answer other)
    {
        answer.Status.ShouldBe(other.Status, answer.Text);
        answer.Bytes.ShouldBe(other.Bytes);
        answer.Headers["Content-Type"].ShouldBe(other.Headers["Content-Type"]);
    }
}
