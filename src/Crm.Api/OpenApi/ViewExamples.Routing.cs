using System.Text.Json;
using Crm.Contracts;
using Crm.Contracts.Routing;
using Crm.Contracts.Settings;

namespace Crm.Api.OpenApi;

internal static partial class ViewExamples
{
    private static RoutingRuleView Rule { get; } = new()
    {
        Name = "All others",
        Condition = JsonDocument.Parse("""{ "field": "source", "in": ["WEBSITE", "REFERRAL"] }""").RootElement,
        Strategy = RoutingStrategy.RoundRobin,
        KeepAccounts = true,
        Candidates = [new RoutingRuleCandidateView { UserId = Member.Id, TeamId = null, Weight = 2 }, new RoutingRuleCandidateView { UserId = "mira.okafor", TeamId = null, Weight = 1 }],
        RespondWithinMinutes = 60,
    };

    private static RoutingDecisionView Decision { get; } = new()
    {
        Number = 1,
        At = Made,
        Trigger = RoutingTrigger.Created,
        Outcome = RoutingOutcome.Assigned,
        Rule = Rule.Name,
        Strategy = RoutingStrategy.RoundRobin,
        Account = "fjordline.example",
        PreviousOwnerId = null,
        OwnerId = Member.Id,
        Candidates =
        [
            new RoutingCandidateView { UserId = Member.Id, Weight = 2, LeadsToday = 3, LeadsPerDay = 12, Turn = 2, PassedOver = null },
            new RoutingCandidateView { UserId = "mira.okafor", Weight = 1, LeadsToday = 8, LeadsPerDay = 8, PassedOver = PassedOver.QuotaReached },
        ],
        RespondBy = Made.AddMinutes(60),
        DueAt = Made.AddMinutes(60),
    };

    private static IEnumerable<object> OfRouting =>
    [
        new RoutingView { IsActive = true, Rules = [Rule], FallbackId = Member.Id, UpdatedAt = Made, Version = 3 },
        new AvailabilityView
        {
            UserId = Member.Id,
            AcceptsLeads = true,
            LeadsPerDay = 12,
            WorkingHours = [new WorkingHours { Weekday = Weekday.Monday, From = "08:00", To = "16:00" }],
            Absences = [new AbsenceFields { From = new DateOnly(2026, 12, 21), To = new DateOnly(2027, 1, 3) }],
            LeadsToday = 3,
            UpdatedAt = Made,
            Version = 2,
        },
        Decision, new RoutingDecisionList { Items = [Decision] },
    ];
}
