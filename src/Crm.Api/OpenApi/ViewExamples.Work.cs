using Crm.Contracts.Analytics;

namespace Crm.Api.OpenApi;

internal static partial class ViewExamples
{
    private const string OfOctober = $"asOf={AsOf}&from=2026-10-01&to=2026-10-31";

    private static IEnumerable<object> OfWork =>
    [
        new LeadReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Groups =
            [
                new LeadReportGroup
                {
                    Key = "REFERRAL",
                    Created = LeadsOf("CREATED", 40),
                    Contacted = LeadsOf("CONTACTED", 36),
                    Unanswered = LeadsOf("UNANSWERED", 4),
                    Converted = LeadsOf("CONVERTED", 10),
                    ConversionRate = 0.25m,
                    MedianMinutes = 42.5m,
                    P90Minutes = 1290,
                    MedianWorkingMinutes = 42.5m,
                    P90WorkingMinutes = 330,
                },
            ],
            Total = new LeadReportRow
            {
                Created = LeadsOf("CREATED", 40, ""),
                Contacted = LeadsOf("CONTACTED", 36, ""),
                Unanswered = LeadsOf("UNANSWERED", 4, ""),
                Converted = LeadsOf("CONVERTED", 10, ""),
                ConversionRate = 0.25m,
                MedianMinutes = 42.5m,
                P90Minutes = 1290,
                MedianWorkingMinutes = 42.5m,
                P90WorkingMinutes = 330,
            },
        },
        new ActivityReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Groups = [new ActivityReportGroup { Key = "CALL", Count = 120, DrillDown = $"/api/analytics/activities/counted?{OfOctober}&type=CALL" }],
            Total = ActivitiesDone,
        },
        new TaskReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Groups = [],
            Total = new TaskReportRow
            {
                Due = TasksOf("DUE", 50),
                DoneOnTime = TasksOf("DONE_ON_TIME", 36),
                DoneLate = TasksOf("DONE_LATE", 8),
                Overdue = TasksOf("OVERDUE", 4),
                Open = TasksOf("OPEN", 2),
                OnTimeRate = 0.75m,
            },
            Undated = new CountedFigure { Count = 3, DrillDown = $"/api/analytics/tasks/counted?figure=UNDATED&asOf={AsOf}" },
        },
        new LeaderboardReport
        {
            AsOf = Changed,
            TimeZone = "Europe/Berlin",
            From = new DateOnly(2026, 10, 1),
            To = new DateOnly(2026, 10, 31),
            Currency = "EUR",
            Users = [],
            Total = new LeaderboardRow
            {
                Won = Won,
                DealsCreated = new CountedFigure { Count = 5, DrillDown = Moved("REACHED") },
                Activities = ActivitiesDone,
                TasksDone = TasksOf("DONE", 46),
                Amounts = null,
            },
            Goals = [AttainedGoal],
        },
        new CountedPage<CountedLeadView>
        {
            AsOf = Changed,
            Items =
            [
                new CountedLeadView
                {
                    LeadId = Lead.Id,
                    Name = "Ada Lovelace",
                    Status = Lead.Status,
                    Source = Lead.Source,
                    OwnerId = User,
                    CreatedAt = Made,
                    ConvertedAt = null,
                    FirstOutboundAt = Made.AddMinutes(42.5),
                    ResponseMinutes = 42.5m,
                    ResponseWorkingMinutes = 42.5m,
                },
            ],
            Total = 1,
            NextCursor = null,
        },
        new CountedPage<CountedActivityView>
        {
            AsOf = Changed,
            Items =
            [
                new CountedActivityView
                {
                    ActivityId = Activity.Id,
                    Subject = Activity.Subject,
                    Type = Activity.Type,
                    Direction = Activity.Direction,
                    UserId = User,
                    OccurredAt = Activity.OccurredAt,
                    LeadId = Activity.LeadId,
                    DealId = Activity.DealId,
                    TaskId = Activity.TaskId,
                },
            ],
            Total = 1,
            NextCursor = null,
        },
        new CountedPage<CountedTaskView>
        {
            AsOf = Changed,
            Items =
            [
                new CountedTaskView
                {
                    TaskId = Task.Id,
                    Title = Task.Title,
                    Type = Task.Type,
                    AssigneeId = Task.AssigneeId,
                    CreatedAt = Task.CreatedAt,
                    DueAt = Task.DueAt,
                    CompletedAt = null,
                    LeadId = Task.LeadId,
                    DealId = Task.DealId,
                },
            ],
            Total = 1,
            NextCursor = null,
        },
    ];

    private static CountedFigure ActivitiesDone => new() { Count = 120, DrillDown = $"/api/analytics/activities/counted?{OfOctober}" };

    private static CountedFigure LeadsOf(string figure, int count, string group = "&source=REFERRAL") =>
        new() { Count = count, DrillDown = $"/api/analytics/leads/counted?figure={figure}&{OfOctober}{group}" };

    private static CountedFigure TasksOf(string figure, int count) => new() { Count = count, DrillDown = $"/api/analytics/tasks/counted?figure={figure}&{OfOctober}" };
}
