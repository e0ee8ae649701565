using System.Text.Json;
using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;
using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Members;
using Crm.Database.Pipelines;
using Crm.Database.Records;
using Crm.Database.Settings;
using Crm.Database.Tasks;
using Crm.Database.Tenancy;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;

namespace Crm.Tests.Conditions;

/// <summary>A tenant with random records, of which any two are likely to have something in common; and each live one as its last event tells it.</summary>
internal sealed record ConditionRecords(Client Client, IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Told)
{
    private const int Count = 90;

    private static readonly string[] Users = ["ada", "Émile", "o'neil", "Ω"];

    private static readonly string[] Words =
    [
        "Ångström", "ÅNGSTRÖM", "a\u030angstrom", "Straße", "STRASSE", "Łódź", "ﬁnance", "日本", "O'Neil", "ÉCOLE", "école", "İstanbul", "ıstanbul", "istanbul", "x_y", "50%", "a-b", "Σίσυφος", "σίσυφοσ", "ΣΊΣΥΦΟΣ", "ſ", "S", "s", "\u212a", "k", "K",
        "𐐀𐐁", "𐐨𐐩", "👩‍🚀", "\\", "\\d", ".*", "[a-z]+", "(x|y)", "^$", "{2}", "a?b", "\"quoted\"", "'; DROP TABLE leads;--", "two\nlines", "tab\there", "ǅ", "ǆ", "Ǆ", "ß", "ẞ", "Ω", "Ω", "ω", "µ", "μ", "ά", "\u0345", "ι", "ͅx", "2026-01-31", "2026-01-01T00:00:00Z", "NEW", "true", "1",
    ];

    private static readonly string[] TagTexts = ["vip", "VIP", "Ångström", "ångström", "o'neil", "50%", "日本", "ς", "Σ", "İ"];

    private static readonly decimal[] Amounts = [0, 0.0001m, 0.0049m, 0.005m, 0.0051m, 0.01m, 0.5m, 1, 10.5m, 18000.5m, 900_719_925_474.0993m, 999_999_999_999.9999m];

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero);

    public static async Task<ConditionRecords> MakeAsync(Database database, Random dice)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var ids = await client.Host.QueryAsync(client.TenantId, db => FillAsync(db, dice, client.TenantId));
        return new ConditionRecords(client, await client.Host.QueryAsync(client.TenantId, db => ToldAsync(db, ids)));
    }

    private static async Task<Dictionary<string, IReadOnlyList<JsonElement>>> ToldAsync(CrmDbContext db, List<Guid> ids)
    {
        var last = await db.Events.AsNoTracking().Where(e => e.RecordId != null && !db.Events.Any(later => later.RecordId == e.RecordId && later.Version > e.Version)).ToListAsync();
        return last.OrderBy(e => ids.IndexOf(e.RecordId!.Value)).Where(e => !e.Type.EndsWith(".deleted", StringComparison.Ordinal)).GroupBy(e => e.Collection, StringComparer.Ordinal)
            .ToDictionary(events => events.Key, events => (IReadOnlyList<JsonElement>)[.. events.Select(e => JsonSerializer.Deserialize<JsonElement>(e.Record))], StringComparer.Ordinal);
    }

    /// <returns>The ids in the order in which the dice made the records, so that the same seed means the same ones.</returns>
    private static async Task<List<Guid>> FillAsync(CrmDbContext db, Random dice, Guid tenant)
    {
        db.Add(new Tenant(tenant, Now.AddDays(-100)));
        var pipeline = Pipeline.Default(Stamp());
        db.Add(pipeline);
        foreach (var user in Users) db.Add(new Member($"Name of {user}", null, new Stamp(tenant, user, Now)));
        await db.SaveChangesAsync();

        var leads = Some(() => Lead.Create(NewLead(), "EUR", Stamp()));
        foreach (var lead in leads.Where(_ => dice.Chance(40))) db.Entry(lead).Property(l => l.Score).CurrentValue = dice.Next(5) * 25;
        var deals = Some(() => NewDeal(leads));
        foreach (var deal in deals.Where(_ => dice.Chance(40))) deal.BelongTo(dice.Pick(["customer 'one'", "CUSTOMER", "4711"]));
        var tasks = Some(() => CrmTask.Create(NewTask(leads, deals), Stamp()));
        var activities = Some(() => Activity.Log(NewActivity(leads, deals, tasks), Stamp() with { At = Now.AddDays(dice.Next(2)) }));
        List<Record> all = [.. leads, .. deals, .. tasks, .. activities];
        all.ForEach(record => db.Add(record));
        await db.SaveChangesAsync();

        db.Forget();

        var (leadOf, taskOf) = (await db.Leads.Include(l => l.Stays).ToDictionaryAsync(l => l.Id), await db.Tasks.ToDictionaryAsync(t => t.Id));
        foreach (var lead in leads.Select(lead => leadOf[lead.Id]))
        {
            if (dice.Chance(20)) lead.Change(NewLead(), "USD", Stamp());
            if (lead.Status != LeadStatus.Unqualified && dice.Chance(20)) lead.Convert(dice.Pick(["customer 'one'", "4711"]), dice.Chance(50) ? dice.Pick(deals).Id : null, Stamp());
            if (dice.Chance(8)) lead.Delete(Guid.CreateVersion7(), Now);
        }

        foreach (var task in tasks.Select(task => taskOf[task.Id]).Where(_ => dice.Chance(40))) task.Complete(Stamp());
        await db.SaveChangesAsync();
        return [.. all.Select(record => record.Id)];

        List<T> Some<T>(Func<T> make) => [.. Enumerable.Range(0, Count).Select(_ => make())];
        Stamp Stamp() => new(tenant, dice.Pick(Users), At());
        DateTimeOffset At() => Now.AddDays(-dice.Next(4)).AddMicroseconds(dice.Next(3));
        string Text() => string.Join(' ', dice.GetItems(Words, dice.Next(1, 4)));
        string? MaybeText() => dice.Chance(60) ? dice.Chance(4) ? string.Concat(Enumerable.Repeat($"{Text()} ", 60)).Trim() : Text() : null;
        decimal? MaybeAmount() => dice.Chance(70) ? dice.Pick(Amounts) : null;
        string? MaybeUser() => dice.Chance(70) ? dice.Pick(Users) : null;
        List<string> SomeTags() => [.. dice.GetItems(TagTexts, dice.Next(3))];
        Guid? Maybe<T>(List<T> records) where T : Record => dice.Chance(60) ? records[dice.Next(6)].Id : null;

        LeadFields NewLead() => new()
        {
            FirstName = MaybeText(),
            LastName = Text(),
            Email = dice.Chance(50) ? $"ada{dice.Next(3)}@Example.com" : null,
            Phone = dice.Chance(50) ? dice.Pick(["+44 20 7946 0000", "030/123456", "(0)30 123 456"]) : null,
            JobTitle = MaybeText(),
            CompanyName = MaybeText(),
            CompanyWebsite = dice.Chance(30) ? "https://Example.com/a?b=c" : null,
            CompanyIndustry = MaybeText(),
            CompanySize = dice.Chance(30) ? dice.Pick(["1-10", "51-200"]) : null,
            Status = dice.Pick(Enum.GetValues<LeadStatus>().Except([LeadStatus.Converted]).ToList()),
            Source = dice.Pick(Enum.GetValues<LeadSource>()),
            EstimatedValue = MaybeAmount(),
            Currency = dice.Pick(["EUR", "USD"]),
            OwnerId = MaybeUser(),
            Description = MaybeText(),
            Tags = SomeTags(),
        };

        Deal NewDeal(List<Lead> of)
        {
            var stage = dice.Pick(pipeline.Stages);
            return Deal.Create(
                new DealFields
                {
                    Name = Text(),
                    LeadId = Maybe(of),
                    Value = MaybeAmount(),
                    Probability = dice.Chance(60) ? dice.Pick([0, 1, 25, 50, 99, 100]) : null,
                    ExpectedCloseDate = dice.Chance(60) ? new DateOnly(2026, 12, 30).AddDays(dice.Next(4)) : null,
                    OwnerId = MaybeUser(),
                    Description = MaybeText(),
                    Tags = SomeTags(),
                    LostReason = stage.Key == "CLOSED_LOST" ? Text() : null,
                },
                stage, dice.Pick(["EUR", "JPY"]), Stamp());
        }

        TaskFields NewTask(List<Lead> leadsOf, List<Deal> dealsOf) => new()
        {
            Title = Text(),
            Description = MaybeText(),
            Type = dice.Pick(Enum.GetValues<TaskType>()),
            Priority = dice.Pick(Enum.GetValues<TaskPriority>()),
            DueAt = dice.Chance(60) ? dice.Pick([Now.AddYears(-20), Now.AddYears(20), Now.AddYears(20).AddMicroseconds(1)]) : null, // overdue when it was told as well as now, or neither
            RemindAt = dice.Chance(40) ? At() : null,
            AssigneeId = MaybeUser(),
            LeadId = Maybe(leadsOf),
            DealId = Maybe(dealsOf),
        };

        ActivityFields NewActivity(List<Lead> leadsOf, List<Deal> dealsOf, List<CrmTask> tasksOf) => new()
        {
            Type = dice.Pick(Enum.GetValues<ActivityType>()),
            Subject = Text(),
            Body = MaybeText(),
            OccurredAt = Now.AddHours(-dice.Next(4)).AddMicroseconds(-dice.Next(3)),
            DurationMinutes = dice.Chance(60) ? dice.Pick([0, 15, 30, 1440]) : null,
            Direction = dice.Chance(60) ? dice.Pick(Enum.GetValues<ActivityDirection>()) : null,
            LeadId = Maybe(leadsOf),
            DealId = Maybe(dealsOf),
            TaskId = tasksOf[dice.Next(6)].Id,
        };
    }
}
