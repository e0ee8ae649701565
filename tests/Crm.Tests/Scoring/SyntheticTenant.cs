using Crm.Contracts.Activities;
using Crm.Contracts.Leads;
using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Leads;
using Crm.Services.Scoring;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;

namespace Crm.Tests.Scoring;

/// <summary>
/// A tenant whose leads become customers by odds that are known. They are made day by day, as the service would have written them: answered within minutes or not at all, and decided five days
/// later. On the day before that, those that will become customers are marked so in several ways, which nobody may learn from.
/// </summary>
internal sealed class SyntheticTenant(CrmHost host, SettableClock clock, Guid tenantId)
{
    public const int Days = 120;
    public const int LeadsOfDay = 25;
    public const string Mark = "contract signed";

    private static readonly (string Value, double LogOdds)[] Sizes = [("1-10", -0.6), ("51-200", 0.8), ("1001-5000", 0)];
    private static readonly (LeadSource Value, double LogOdds)[] Sources = [(LeadSource.Referral, 1.4), (LeadSource.Website, 0.3), (LeadSource.Event, 0), (LeadSource.Advertising, -1.2)];
    private static readonly string[] Industries = ["logistics", "software", "food", "energy", "health", "media"];

    private readonly Random dice = new(20261130);

    /// <summary>How many became customers.</summary>
    public int Positives { get; private set; }

    public async Task FillAsync()
    {
        var end = clock.GetUtcNow();
        await host.QueryAsync(tenantId, async db =>
        {
            var open = new Queue<List<(Guid Id, bool Converts)>>();
            for (var day = 0; day < Days + 5; day++)
            {
                clock.Advance(end.AddDays(day - Days - 10) - clock.GetUtcNow());
                if (day < Days) open.Enqueue(await MakeAsync(db));
                if (day >= 4 && day - 4 < Days) await MarkAsync(db, open.ElementAt(day == 4 ? 0 : 1));
                if (day >= 5) await DecideAsync(db, open.Dequeue());
            }

            return 0;
        });
        clock.Advance(end - clock.GetUtcNow());
    }

    /// <summary>Marks leads as of now, by a field, an activity that is said to be of the first minutes, and their phone.</summary>
    public static async Task MarkAsync(CrmDbContext db, IReadOnlyList<(Guid Id, bool Converts)> leads)
    {
        var ids = leads.Where(lead => lead.Converts).Select(lead => lead.Id).ToList();
        foreach (var lead in await db.Leads.Include(l => l.Stays.Where(stay => stay.LeftAt == null)).Where(l => ids.Contains(l.Id)).OrderBy(l => l.Id).ToListAsync())
        {
            lead.Change(lead.Fields() with { CompanyIndustry = Mark, Phone = "+49 30 1234567", Source = LeadSource.Partner }, "EUR", db.Stamp());
            db.Add(Activity.Log(new ActivityFields { Type = ActivityType.Call, Subject = "Signed", Direction = ActivityDirection.Inbound, OccurredAt = lead.CreatedAt.AddMinutes(1), LeadId = lead.Id }, db.Stamp() with { By = "ada" }));
        }

        await db.SaveChangesAsync();
        db.Forget();
    }

    private async Task<List<(Guid Id, bool Converts)>> MakeAsync(CrmDbContext db)
    {
        var made = new List<(Guid Id, bool Converts)>();
        var answered = new List<Guid>();
        for (var i = 0; i < LeadsOfDay; i++)
        {
            var (size, source, isFree, isAnswered) = (Sizes[dice.Next(Sizes.Length)], Sources[dice.Next(Sources.Length)], dice.NextDouble() < 0.4, dice.NextDouble() < 0.5);
            var fields = new LeadFields { LastName = $"Lead {i}", Source = source.Value, CompanySize = size.Value, CompanyIndustry = Industries[dice.Next(Industries.Length)], Email = isFree ? "a@gmail.com" : "a@fjordline.example" };
            var lead = Lead.Create(fields, "EUR", db.Stamp());
            db.Add(lead);
            made.Add((lead.Id, dice.NextDouble() < LogisticRegression.Probability(-0.9 + size.LogOdds + source.LogOdds - (isFree ? 0.7 : 0) + (isAnswered ? 1 : 0))));
            if (isAnswered) answered.Add(lead.Id);
        }

        await db.SaveChangesAsync();
        clock.Advance(TimeSpan.FromMinutes(10));
        foreach (var lead in answered) db.Add(Activity.Log(new ActivityFields { Type = ActivityType.Call, Subject = "Called", Direction = ActivityDirection.Outbound, LeadId = lead }, db.Stamp() with { By = "ada" }));
        await db.SaveChangesAsync();
        db.Forget();
        return made;
    }

    private async Task DecideAsync(CrmDbContext db, List<(Guid Id, bool Converts)> decided)
    {
        var (converts, ids) = (decided.ToDictionary(lead => lead.Id, lead => lead.Converts), decided.ConvertAll(lead => lead.Id));
        foreach (var lead in await db.Leads.Include(l => l.Stays.Where(stay => stay.LeftAt == null)).Where(l => ids.Contains(l.Id)).OrderBy(l => l.Id).ToListAsync())
        {
            if (converts[lead.Id]) lead.Convert($"customer {lead.Id}", null, db.Stamp());
            else lead.Change(lead.Fields() with { Status = LeadStatus.Unqualified }, "EUR", db.Stamp());
        }

        Positives += decided.Count(lead => lead.Converts);
        await db.SaveChangesAsync();
        db.Forget();
    }
}
