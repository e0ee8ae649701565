using System.Collections.Concurrent;
using System.Text.Json;
using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Members;
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

namespace Crm.Tests.Lists;

/// <summary>One tenant with the same rows, to the id and the microsecond, in both databases; and what is live of them in memory.</summary>
internal sealed record TwinTenants(IReadOnlyList<Client> Clients, IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Live, DateTimeOffset Now)
{
    public static readonly string[] Users = ["ada", "bob", "Émile", "zoe", "Ω"];

    public static readonly string[] Words =
    [
        "Ångström", "angstrom", "ANGSTROM", "Straße", "strasse", "Łódź", "ﬁnance", "Finance", "日本", "日本語", "O'Neil", "ÉCOLE", "école", "Zoë", "zoe", "naïve", "İstanbul", "x_y", "50%", "a-b", "2026", "Ωmega", "𝔘nicode", "👩‍🚀", "ﷺ",
        "Lovelace", "Love", "Lo", "van der Berg", "\\", "\"quoted\"", "\ufffd", "\u200b", "ʼ", "ǅ", "１２",
    ];

    public static readonly string[] TagTexts = ["vip", "VIP", "Ångström", "o'neil", "50%", "日本"];

    private const int Count = 240;

    private readonly ConcurrentDictionary<(string Collection, string Member), string[]> known = new();
    private readonly ConcurrentDictionary<string, (string Title, string All)> documents = new(StringComparer.Ordinal);

    public static async Task<TwinTenants> MakeAsync(Random dice)
    {
        var (sqlite, postgres) = (await Hosts.For(Database.Sqlite), await Hosts.For(Database.Postgres));
        var tenant = Guid.CreateVersion7();
        var now = InstantConverter.ToMicroseconds(TimeProvider.System.GetUtcNow());
        await sqlite.QueryAsync(tenant, db => new Maker(db, dice, tenant, now).FillAsync());
        var rows = await sqlite.QueryAsync(tenant, ReadAsync);
        await postgres.QueryAsync(tenant, async db =>
        {
            db.AddRange(rows);
            return await db.SaveChangesAsync();
        });
        return new TwinTenants([new Client(sqlite, tenant, "ada", Role.Admin), new Client(postgres, tenant, "ada", Role.Admin)], await sqlite.QueryAsync(tenant, db => LiveAsync(db, now)), now);
    }

    /// <summary>The values that a member of a collection has. Every query chooses among them, so that they are worked out once.</summary>
    public string[] Known(string collection, string member, Func<string[]> find) => known.GetOrAdd((collection, member), _ => find());

    /// <summary>The texts of a record that are searched, worked out once.</summary>
    public (string Title, string All) Document(string id, Func<(string Title, string All)> make) => documents.GetOrAdd(id, _ => make());

    private static async Task<List<object>> ReadAsync(CrmDbContext db) =>
    [
        .. await db.Tenants.AsNoTracking().ToListAsync(), .. await db.Members.AsNoTracking().ToListAsync(), .. await db.Pipelines.AsNoTracking().Include(p => p.Stages).ToListAsync(),
        .. await db.Leads.AsNoTracking().WithDeleted().ToListAsync(), .. await db.LeadTags.AsNoTracking().ToListAsync(), .. await db.Deals.AsNoTracking().WithDeleted().ToListAsync(),
        .. await db.DealTags.AsNoTracking().ToListAsync(), .. await db.Tasks.AsNoTracking().WithDeleted().ToListAsync(), .. await db.Activities.AsNoTracking().WithDeleted().ToListAsync(),
    ];

    private static async Task<Dictionary<string, IReadOnlyList<JsonElement>>> LiveAsync(CrmDbContext db, DateTimeOffset now) => new(StringComparer.Ordinal)
    {
        ["leads"] = Json(await db.Leads.AsNoTracking().Select(LeadViews.Projection).ToListAsync()),
        ["deals"] = Json(await db.Deals.AsNoTracking().Select(DealViews.Projection).ToListAsync()),
        ["tasks"] = Json((await db.Tasks.AsNoTracking().Select(TaskViews.Projection).ToListAsync()).ConvertAll(task => task.At(now))),
        ["activities"] = Json(await db.Activities.AsNoTracking().Select(ActivityViews.Projection).ToListAsync()),
        ["members"] = Json(await db.Members.AsNoTracking().Select(MemberViews.Projection).ToListAsync()),
    };

    private static List<JsonElement> Json<T>(List<T> views) => views.ConvertAll(view => JsonSerializer.SerializeToElement(view, CrmJson.Options));

    /// <summary>Writes rows with few different values, so that most keys are shared, and with many that are missing.</summary>
    private sealed class Maker(CrmDbContext db, Random dice, Guid tenant, DateTimeOffset now)
    {
        public async Task<int> FillAsync()
        {
            db.Add(new Tenant(tenant, now.AddDays(-100)));
            var pipeline = Pipeline.Default(new Stamp(tenant, "ada", now.AddDays(-100)));
            db.Add(pipeline);
            foreach (var user in Users)
            {
                var member = new Member($"Name of {user}", null, new Stamp(tenant, user, Past()));
                member.Change(dice.Pick(Enum.GetValues<Role>()), true, member.CreatedAt);
                db.Add(member);
            }

            await db.SaveChangesAsync();

            var leads = Some(_ => Lead.Create(NewLead(), "EUR", Stamp()));
            var deals = Some(_ => NewDeal(pipeline, leads));
            var tasks = Some(_ => NewTask(leads, deals));
            var activities = Some(_ => Activity.Log(NewActivity(leads, deals, tasks), Stamp() with { At = now }));
            foreach (var record in leads.Concat<Record>(deals).Concat(tasks).Concat(activities)) db.Add(record);
            await db.SaveChangesAsync();
            foreach (var record in leads.Concat<Record>(deals).Concat(tasks).Concat(activities).Where(_ => dice.Chance(10))) record.Delete(Guid.CreateVersion7(), now);
            await db.SaveChangesAsync();

            foreach (var lead in leads.Chunk(20).Select(ids => ids.Select(lead => lead.Id).ToList()))
            {
                var (at, score, status) = (Past(), dice.Next(4) * 25, dice.Chance(20) ? LeadStatus.Converted : LeadStatus.Nurturing);
                await db.Leads.WithDeleted().Where(l => lead.Contains(l.Id)).ExecuteUpdateAsync(set => set.SetProperty(l => l.UpdatedAt, at));
                if (dice.Chance(70)) await db.Leads.WithDeleted().Where(l => lead.Contains(l.Id)).ExecuteUpdateAsync(set => set.SetProperty(l => l.Score, score).SetProperty(l => l.ScoreOrder, score).SetProperty(l => l.Status, status));
            }

            foreach (var deal in deals.Chunk(20).Select(ids => ids.Select(deal => deal.Id).ToList()))
            {
                var (at, customer) = (Past(), dice.Chance(50) ? "customer 'one'" : null);
                await db.Deals.WithDeleted().Where(d => deal.Contains(d.Id)).ExecuteUpdateAsync(set => set.SetProperty(d => d.UpdatedAt, at).SetProperty(d => d.CustomerId, customer));
            }

            foreach (var task in tasks.Chunk(20).Select(ids => ids.Select(task => task.Id).ToList()))
            {
                var at = Past();
                await db.Tasks.WithDeleted().Where(t => task.Contains(t.Id)).ExecuteUpdateAsync(set => set.SetProperty(t => t.UpdatedAt, at));
            }

            return 0;
        }

        private List<T> Some<T>(Func<int, T> make) => [.. Enumerable.Range(0, Count).Select(make)];

        private Stamp Stamp() => new(tenant, dice.Pick(Users), Past());

        /// <summary>One of some forty instants, none of them a whole number of days ago, when a deal begins to rot.</summary>
        private DateTimeOffset Past() => now.AddDays(-dice.Next(1, 20)).AddHours(-7).AddMicroseconds(dice.Next(2));

        private string Text() => string.Join(' ', dice.GetItems(Words, dice.Next(1, 4)));

        private string? MaybeText() => dice.Chance(60) ? Text() : null;

        private decimal? MaybeAmount() => dice.Chance(70) ? dice.Pick([0m, 0.0001m, 1m, 10.5m, 999_999_999_999.9999m, 900_719_925_474.0993m]) : null;

        private string? MaybeUser() => dice.Chance(70) ? dice.Pick(Users) : null;

        private List<string> SomeTags() => [.. dice.GetItems(TagTexts, dice.Next(3))];

        private Guid? Maybe<T>(List<T> records) where T : Record => dice.Chance(60) ? records[dice.Next(10)].Id : null;

        private LeadFields NewLead() => new()
        {
            FirstName = MaybeText(),
            LastName = Text(),
            Email = dice.Chance(50) ? $"ada{dice.Next(3)}@Example.com" : null,
            Phone = dice.Chance(50) ? dice.Pick(["+44 20 7946 0000", "030/123456", "(0)30 123 456"]) : null,
            CompanyName = MaybeText(),
            JobTitle = MaybeText(),
            Description = MaybeText(),
            Status = dice.Pick([LeadStatus.New, LeadStatus.Contacted, LeadStatus.Qualified]),
            Source = dice.Pick(Enum.GetValues<LeadSource>()),
            EstimatedValue = MaybeAmount(),
            OwnerId = MaybeUser(),
            Tags = SomeTags(),
        };

        private Deal NewDeal(Pipeline pipeline, List<Lead> leads)
        {
            var (stage, stamp) = (dice.Pick(pipeline.Stages), Stamp());
            var fields = new DealFields
            {
                Name = Text(),
                LeadId = Maybe(leads),
                Value = MaybeAmount(),
                Probability = dice.Chance(50) ? dice.Next(101) : null,
                ExpectedCloseDate = dice.Chance(60) ? DateOnly.FromDateTime(now.UtcDateTime).AddDays(dice.Next(-3, 3)) : null,
                OwnerId = MaybeUser(),
                Description = MaybeText(),
                Tags = SomeTags(),
                LostReason = stage.Key == "CLOSED_LOST" ? Text() : null,
                ClosedAt = stage.Key.StartsWith("CLOSED", StringComparison.Ordinal) && dice.Chance(50) ? stamp.At.AddDays(-60) : null,
            };
            return Deal.Create(fields, stage, "EUR", stamp with { At = stamp.At.AddDays(-dice.Next(2) * 40) });
        }

        private CrmTask NewTask(List<Lead> leads, List<Deal> deals)
        {
            var task = CrmTask.Create(
                new TaskFields
                {
                    Title = Text(),
                    Description = MaybeText(),
                    Type = dice.Pick(Enum.GetValues<TaskType>()),
                    Priority = dice.Pick(Enum.GetValues<TaskPriority>()),
                    DueAt = dice.Chance(60) ? now.AddDays(dice.Next(5) - 2).AddHours(7) : null,
                    AssigneeId = MaybeUser(),
                    LeadId = Maybe(leads),
                    DealId = Maybe(deals),
                },
                Stamp());
            if (dice.Chance(30)) task.Complete(Stamp());
            return task;
        }

        private ActivityFields NewActivity(List<Lead> leads, List<Deal> deals, List<CrmTask> tasks) => new()
        {
            Type = dice.Pick(Enum.GetValues<ActivityType>()),
            Subject = Text(),
            Body = MaybeText(),
            OccurredAt = Past(),
            DurationMinutes = dice.Chance(50) ? dice.Next(100) : null,
            LeadId = Maybe(leads),
            DealId = Maybe(deals),
            TaskId = tasks[dice.Next(10)].Id,
        };
    }
}
