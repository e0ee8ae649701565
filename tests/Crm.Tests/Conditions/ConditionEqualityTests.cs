using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Events;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Contracts.Tasks;
using Crm.Database.Tenancy;
using Crm.Database.Text;
using Crm.Services.Activities;
using Crm.Services.Conditions;
using Crm.Services.Deals;
using Crm.Services.Leads;
using Crm.Services.Tasks;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conditions;

/// <summary>What a list finds by a condition is what the condition holds of in memory, of the records as events tell them: random conditions over random records.</summary>
public sealed class ConditionEqualityTests
{
    private const int MostFindings = 5;

    private static readonly FrozenDictionary<string, FieldChange> NoChanges = FrozenDictionary<string, FieldChange>.Empty;

    [Theory, EachDatabase]
    public Task A_list_finds_the_records_of_which_the_condition_holds(Database database) => EachConditionAsync(database, Fuzzing.Requests(1_200), FindAsync);

    [Theory, EachDatabase]
    public Task A_list_asked_by_HTTP_finds_them_too(Database database) => EachConditionAsync(database, Fuzzing.Requests(200), async (client, collection, condition) =>
        [.. (await client.GetAsync($"/api/{collection}?take=200&condition={Uri.EscapeDataString(condition)}")).ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("id").GetGuid())]);

    /// <summary>Every character against every other that could be meant: what a pattern finds is what ignoring case finds.</summary>
    [Fact]
    public void A_pattern_finds_the_characters_that_differ_in_case_only_and_no_others()
    {
        var all = Enumerable.Range(1, 0x10FFFF).Where(Rune.IsValid).Select(value => new Rune(value)).ToList();
        var same = all.GroupBy(rune => rune.ToString(), StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).ToList();

        same.Count.ShouldBeGreaterThan(1_000);
        foreach (var group in same) group.ShouldAllBe(one => group.All(other => Finds(one.ToString(), other.ToString())));
        var grouped = same.SelectMany(group => group).ToHashSet();
        foreach (var rune in all.Where(rune => !grouped.Contains(rune))) CaseIgnored.Pattern($"{rune}").TrimStart('\\').ShouldBe(rune.Value == '\\' ? "" : $"{rune}");
    }

    [Fact]
    public void A_member_is_of_one_kind_in_all_records()
    {
        foreach (var name in RecordMembers.Nouns.SelectMany(noun => RecordMembers.Of(noun).Keys).Distinct(StringComparer.Ordinal)) RecordMembers.Named(name, RecordMembers.Nouns).Select(member => member.Kind).Distinct().Count().ShouldBe(1, name);
    }

    private static bool Finds(string part, string text) => Regex.IsMatch(text, $"^{CaseIgnored.Pattern(part)}$", RegexOptions.None, TimeSpan.FromSeconds(5));

    private static async Task EachConditionAsync(Database database, int count, Func<Client, string, string, Task<List<Guid>>> find)
    {
        var records = await ConditionRecords.MakeAsync(database, Fuzzing.Dice(0));
        var findings = new ConcurrentQueue<string>();
        var held = 0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            if (findings.Count >= MostFindings) return;
            var dice = Fuzzing.Dice(i + 1);
            var collection = dice.Pick(Records.Collections);
            var condition = new RandomCondition(dice, Records.Noun(collection), records.Told[collection]).Make();
            if (condition.Length > RecordQuery.LongestCondition) return;
            var read = ConditionReader.ReadOfList(condition, Records.Noun(collection), "condition");
            var expected = records.Told[collection].Where(record => read.Holds(record, NoChanges)).Select(record => record.GetProperty("id").GetGuid()).Order().ToList();
            var ofEvents = ConditionReader.Read(JsonSerializer.Deserialize<JsonElement>(condition), [Records.FirstEvent(collection)], "/filter");
            var found = (await find(records.Client, collection, condition)).Order().ToList();
            if (expected.Count > 0 && expected.Count < records.Told[collection].Count) Interlocked.Increment(ref held);
            if (found.SequenceEqual(expected) && records.Told[collection].All(record => ofEvents.Holds(record, NoChanges) == read.Holds(record, NoChanges))) return;
            var differing = records.Told[collection].Where(record => found.Contains(record.GetProperty("id").GetGuid()) != expected.Contains(record.GetProperty("id").GetGuid())).Take(2);
            findings.Enqueue($"CRM_FUZZ_SEED={Fuzzing.Seed}, condition {i + 1} on {collection}: {found.Count} found, {expected.Count} expected\n{condition}\nsuch as {string.Join('\n', differing)}");
        });

        findings.ShouldBeEmpty();
        held.ShouldBeGreaterThan(count / 3, "most conditions tell records apart");
    }

    private static async Task<List<Guid>> FindAsync(Client client, string collection, string condition)
    {
        await using var scope = client.Host.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<TenantScope>().Enter(client.TenantId, client.User);
        const TotalMode none = TotalMode.None;
        return collection switch
        {
            "leads" => [.. (await services.GetRequiredService<LeadService>().ListAsync(new LeadQuery { Condition = condition, Take = PageQuery.MaxTake, Total = none }, Ct)).Items.Select(lead => lead.Id)],
            "deals" => [.. (await services.GetRequiredService<DealService>().ListAsync(new DealQuery { Condition = condition, Take = PageQuery.MaxTake, Total = none }, Ct)).Items.Select(deal => deal.Id)],
            "tasks" => [.. (await services.GetRequiredService<TaskService>().ListAsync(new TaskQuery { Condition = condition, Take = PageQuery.MaxTake, Total = none }, Ct)).Items.Select(task => task.Id)],
            _ => [.. (await services.GetRequiredService<ActivityService>().ListAsync(new ActivityQuery { Condition = condition, Take = PageQuery.MaxTake, Total = none }, Ct)).Items.Select(activity => activity.Id)],
        };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
