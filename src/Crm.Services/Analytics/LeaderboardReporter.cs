using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>Who achieved what in a period.</summary>
internal static class LeaderboardReporter
{
    public static async Task<LeaderboardReport> ReportAsync(ReportScope scope, LeaderboardQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var (deals, users, all) = (new DealFigures(scope, weighs: false), new Dictionary<Owner, Results>(), new Results());
        var won = await deals.Closed(StageKind.Won, from, to).GroupBy(deal => new { deal.OwnerId, deal.Currency }).Select(some => new
        {
            some.Key.OwnerId,
            some.Key.Currency,
            Count = some.Count(),
            Millions = some.Sum(deal => deal.Value / Sums.Million),
            Rest = some.Sum(deal => deal.Value % Sums.Million),
        }).ToListAsync(ct);
        foreach (var part in won)
        {
            Add(part.OwnerId, results =>
            {
                results.Won += part.Count;
                results.WonValue.Add(part.Currency, part.Millions, part.Rest);
            });
        }

        await CountAsync(deals.Made(from, to).Select(deal => deal.OwnerId), (results, count) => results.DealsCreated += count);
        await CountAsync(CountedActivities.Between(scope, from, to).Select(activity => activity.UserId), (results, count) => results.Activities += count);
        await CountAsync(new TaskFigures(scope).Done(from, to).Select(task => task.AssigneeId), (results, count) => results.TasksDone += count);

        var currencies = new Currencies(all.WonValue.Currencies, scope.HomeCurrency);
        var place = scope.DrillDown.Between(from, to);
        return new LeaderboardReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            From = from,
            To = to,
            Currency = currencies.Single,
            Users = [.. Ranked(users, currencies.Single ?? scope.HomeCurrency).Select(user => User(user.Key.UserId, user.Value, place.OfOwner(user.Key.UserId), currencies))],
            Total = Row(all, place, currencies),
            Goals = await new GoalAttainment(scope).AmongAsync(from, to, ct),
        };

        async Task CountAsync(IQueryable<string?> owners, Action<Results, int> add)
        {
            foreach (var part in await owners.GroupBy(owner => owner).Select(some => new { OwnerId = some.Key, Count = some.Count() }).ToListAsync(ct)) Add(part.OwnerId, results => add(results, part.Count));
        }

        void Add(string? ownerId, Action<Results> add)
        {
            if (!users.TryGetValue(new Owner(ownerId), out var own)) users.Add(new Owner(ownerId), own = new Results());
            add(own);
            add(all);
        }
    }

    private static IEnumerable<KeyValuePair<Owner, Results>> Ranked(Dictionary<Owner, Results> users, string currency) => users
        .OrderBy(user => user.Key.UserId is null)
        .ThenByDescending(user => user.Value.WonValue.In(currency)).ThenByDescending(user => user.Value.Won).ThenByDescending(user => user.Value.DealsCreated)
        .ThenByDescending(user => user.Value.Activities).ThenByDescending(user => user.Value.TasksDone)
        .ThenBy(user => user.Key.UserId, StringComparer.Ordinal);

    private static LeaderboardUser User(string? userId, Results results, DrillDown place, Currencies currencies)
    {
        var row = Row(results, place, currencies);
        return new LeaderboardUser { UserId = userId, Won = row.Won, DealsCreated = row.DealsCreated, Activities = row.Activities, TasksDone = row.TasksDone, Amounts = row.Amounts };
    }

    private static LeaderboardRow Row(Results results, DrillDown place, Currencies currencies) => new()
    {
        Won = new ClosedDeals { Count = results.Won, Value = results.WonValue.In(currencies), DrillDown = place.To(DealFigure.Won) },
        DealsCreated = new CountedFigure { Count = results.DealsCreated, DrillDown = place.To(DealFigure.Reached) },
        Activities = new CountedFigure { Count = results.Activities, DrillDown = place.ToActivities() },
        TasksDone = new CountedFigure { Count = results.TasksDone, DrillDown = place.To(TaskFigure.Done) },
        Amounts = currencies.Apart(currency => new LeaderboardAmount { Currency = currency, WonValue = results.WonValue.In(currency) }, results.WonValue),
    };

    /// <summary>Whose results they are; of null no dictionary has any.</summary>
    private readonly record struct Owner(string? UserId);

    private sealed class Results
    {
        public int Won { get; set; }
        public Sums WonValue { get; } = new();
        public int DealsCreated { get; set; }
        public int Activities { get; set; }
        public int TasksDone { get; set; }
    }
}
