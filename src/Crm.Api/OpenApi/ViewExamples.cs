using System.Text.Json;
using Crm.Contracts;
using Crm.Contracts.Accounts;
using Crm.Contracts.Activities;
using Crm.Contracts.ApiKeys;
using Crm.Contracts.Audit;
using Crm.Contracts.Conversion;
using Crm.Contracts.Deals;
using Crm.Contracts.Events;
using Crm.Contracts.Goals;
using Crm.Contracts.Health;
using Crm.Contracts.Invitations;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Settings;
using Crm.Contracts.Tasks;
using Crm.Contracts.Teams;
using Crm.Contracts.Timelines;
using Crm.Contracts.Webhooks;

namespace Crm.Api.OpenApi;

/// <summary>An example of each answer. Nobody in them is a person.</summary>
internal static partial class ViewExamples
{
    /// <summary>As tokens look; good for nothing.</summary>
    public const string RefreshToken = "AZqjyFHQfE6aVz8ObRsqRN0mV1tq3yCkG7pLr2xWfE9uJb4sHdZaQoMiNvTcKyUgR8eXwB5lPzS6jD1hFqAtYkCnOmI3uVbE7rGxLdWsZpQ2";
    public const string InvitationToken = "AZqjvy0AehCPACtMbY4PEgGao8hR0HxOmlc_Dm0bKkT5dQm2sV8nXy1cRz4uLw7pBe0kHg3jTf6aYi9oSxWvNqZ";

    private const string User = "u-2041";
    private static readonly Guid PipelineId = new("019aa3c0-0b6e-7f21-8c11-5a7d90e4c3b2");
    private static readonly Guid DealId = new("019aa4b1-7e93-7b08-b1f4-6c2d8a95e017");
    private static readonly DateTimeOffset Made = new(2026, 11, 17, 8, 12, 30, 250, TimeSpan.Zero);
    private static readonly DateTimeOffset Changed = new(2026, 11, 20, 10, 57, 4, 118, TimeSpan.Zero);

    private static readonly LeadView Lead = new()
    {
        Id = new Guid(Examples.LeadId),
        FirstName = "Mara",
        LastName = "Lindqvist",
        Email = "mara.lindqvist@fjordline.example",
        Phone = "+47 22 12 34 56",
        JobTitle = "Head of Procurement",
        CompanyName = "Fjordline Logistics",
        CompanyWebsite = "https://fjordline.example",
        CompanyIndustry = "Logistics",
        CompanySize = "51-200",
        Status = LeadStatus.Contacted,
        Source = LeadSource.Referral,
        EstimatedValue = 18000,
        Currency = "EUR",
        OwnerId = User,
        Description = "Wants to replace its spreadsheets before the summer.",
        Tags = ["logistics", "nordics"],
        Score = null,
        ConvertedAt = null,
        CustomerId = null,
        ConvertedDealId = null,
        CreatedAt = Made,
        CreatedBy = User,
        UpdatedAt = Changed,
        UpdatedBy = User,
        Version = 3,
    };

    private static readonly DealView Deal = new()
    {
        Id = DealId,
        Name = "Fjordline: 40 seats",
        LeadId = Lead.Id,
        CustomerId = null,
        PipelineId = PipelineId,
        Stage = "QUALIFIED",
        StageEnteredAt = Made,
        Value = 18000,
        Currency = "EUR",
        Probability = 40,
        ExpectedCloseDate = new DateOnly(2027, 2, 26),
        OwnerId = User,
        Description = "Starts with the Oslo depot.",
        Tags = ["nordics"],
        ClosedAt = null,
        LostReason = null,
        WeightedValue = 7200,
        CreatedAt = Made,
        CreatedBy = User,
        UpdatedAt = Made,
        UpdatedBy = User,
        Version = 1,
    };

    private static readonly CustomerView Customer = new()
    {
        Id = new Guid("019aa4b7-5a91-7b36-9e0f-27c4d8a1b653"),
        ExternalReference = $"lead:{Lead.Id}",
        LeadId = Lead.Id,
        FirstName = Lead.FirstName,
        LastName = Lead.LastName,
        Email = Lead.Email,
        Phone = Lead.Phone,
        JobTitle = Lead.JobTitle,
        Company = new CustomerCompanyView { Name = Lead.CompanyName, Website = Lead.CompanyWebsite, Industry = Lead.CompanyIndustry, Size = Lead.CompanySize },
        CreatedAt = Changed,
    };

    private static readonly ConversionView Conversion = new()
    {
        ConversionId = new Guid("019aa4b7-4c02-7e1d-b3a6-8d5f2c7e9014"),
        State = ConversionState.Completed,
        LeadId = Lead.Id,
        CustomerId = $"{Customer.Id}",
        DealId = DealId,
        Lead = Lead with { Status = LeadStatus.Converted, ConvertedAt = Changed, CustomerId = $"{Customer.Id}", ConvertedDealId = DealId, Version = 4 },
        Attempts = 1,
        NextAttemptAt = null,
        Problem = null,
        AlertedAt = null,
        CreatedAt = Changed,
        CreatedBy = User,
        EndedAt = Changed,
        EndedBy = User,
    };

    public static readonly ConversionView PendingConversion = Conversion with
    {
        State = ConversionState.Pending,
        CustomerId = null,
        DealId = null,
        Lead = Lead,
        NextAttemptAt = Changed.AddSeconds(11),
        Problem = "The registry didn't answer within 10 s.",
        EndedAt = null,
        EndedBy = null,
    };

    private static readonly TaskView Task = new()
    {
        Id = new Guid("019aa4b2-1c40-7d55-a0c3-94e1f7b6d208"),
        Title = "Send the offer for 40 seats",
        Description = "With the discount for two years.",
        Type = TaskType.Email,
        Priority = TaskPriority.High,
        DueAt = new DateTimeOffset(2026, 12, 4, 15, 0, 0, TimeSpan.Zero),
        RemindAt = new DateTimeOffset(2026, 12, 4, 9, 0, 0, TimeSpan.Zero),
        AssigneeId = User,
        LeadId = Lead.Id,
        DealId = DealId,
        CompletedAt = null,
        CompletedBy = null,
        CreatedAt = Changed,
        CreatedBy = User,
        UpdatedAt = Changed,
        UpdatedBy = User,
        Version = 1,
    };

    private static readonly ActivityView Activity = new()
    {
        Id = new Guid("019aa4b3-88aa-7e02-9d1b-0f5c3e7a6b19"),
        Type = ActivityType.Call,
        Subject = "Talked about the offer",
        Body = "They compare it with one other; the budget is approved.",
        OccurredAt = new DateTimeOffset(2026, 11, 20, 10, 30, 0, TimeSpan.Zero),
        DurationMinutes = 25,
        Direction = ActivityDirection.Outbound,
        LeadId = Lead.Id,
        DealId = DealId,
        TaskId = null,
        UserId = User,
        CreatedAt = Changed,
        CreatedBy = User,
        UpdatedAt = Changed,
        UpdatedBy = User,
        Version = 1,
    };

    private static readonly MemberView Member = new()
    {
        Id = User,
        Name = "Jonas Feldkamp",
        Email = "jonas.feldkamp@nordwind.example",
        Role = Role.Rep,
        Active = true,
        CreatedAt = Made,
        UpdatedAt = Made,
        Version = 1,
    };

    private static readonly TeamView Team = new()
    {
        Id = new Guid("019aa4b5-60e2-7c19-8a4d-1b7e2f9c3d50"),
        Name = "Nordics",
        MemberIds = [User],
        CreatedAt = Made,
        UpdatedAt = Made,
        Version = 1,
    };

    private static readonly GoalView Goal = new()
    {
        Id = new Guid("019aa4b9-0c41-7a2e-8d17-6f3b5e9c2a08"),
        OwnerId = User,
        TeamId = null,
        Period = "2026-Q4",
        Metric = GoalMetric.Value,
        Target = 120_000,
        Currency = "EUR",
        PipelineId = null,
        CreatedAt = Made,
        UpdatedAt = Made,
        Version = 1,
    };

    private static readonly RateView Rate = new() { From = "USD", To = "EUR", Date = new DateOnly(2026, 11, 2), Rate = 0.8679m, ToldAt = Made };

    private static readonly ApiKeyView ApiKey = new()
    {
        Id = new Guid("019aa4b6-2f31-7d60-93c8-5e8a1d4b7f26"),
        Name = "Website form",
        Prefix = "crm_019aa3bf2d007a108f002b4c6d8e0f12_019aa4b62f317d6093c85e8a1d4b7f26",
        Role = Role.Rep,
        ReadOnly = false,
        Resources = ["leads"],
        ExpiresAt = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero),
        LastUsedAt = null,
        CreatedAt = Made,
        CreatedBy = User,
        RevokedAt = null,
        Version = 1,
    };

    private static readonly NewApiKeyView NewApiKey = new()
    {
        Id = ApiKey.Id,
        Name = ApiKey.Name,
        Prefix = ApiKey.Prefix,
        Role = ApiKey.Role,
        ReadOnly = ApiKey.ReadOnly,
        Resources = ApiKey.Resources,
        ExpiresAt = ApiKey.ExpiresAt,
        LastUsedAt = null,
        CreatedAt = ApiKey.CreatedAt,
        CreatedBy = ApiKey.CreatedBy,
        RevokedAt = null,
        Version = 1,
        Key = $"{ApiKey.Prefix}_<64 hexadecimal digits>",
    };

    private static readonly WebhookView Webhook = new()
    {
        Id = new Guid("019aa4b8-1d52-7f0c-a9e4-3b6c0d8e5f71"),
        Url = "https://hooks.nordwind.example/crm",
        Name = "Warehouse",
        Types = ["deal.created", "deal.stage_changed", "deal.won"],
        Filter = JsonSerializer.SerializeToElement(new { field = "value", greaterThan = 10_000 }),
        State = WebhookState.Active,
        DisabledAt = null,
        DisabledReason = null,
        FailingSince = null,
        LastDeliveredAt = Changed,
        PreviousSecretUntil = null,
        CreatedAt = Made,
        CreatedBy = User,
        UpdatedAt = Made,
        UpdatedBy = User,
        Version = 1,
    };

    private static readonly SecretWebhookView SecretWebhook = new()
    {
        Id = Webhook.Id,
        Url = Webhook.Url,
        Name = Webhook.Name,
        Types = Webhook.Types,
        Filter = Webhook.Filter,
        State = Webhook.State,
        DisabledAt = null,
        DisabledReason = null,
        FailingSince = null,
        LastDeliveredAt = null,
        PreviousSecretUntil = null,
        CreatedAt = Made,
        CreatedBy = User,
        UpdatedAt = Made,
        UpdatedBy = User,
        Version = 1,
        Secret = "whsec_<32 bytes in base64>",
    };

    private static readonly WebhookDeliveryView WebhookDelivery = new()
    {
        Id = new Guid("019aa4b8-9c11-7a63-8d05-e2f417b6c3a9"),
        EventId = new Guid("019aa4b8-9b7e-7d14-b0c6-41a9e85d2f30"),
        Type = "deal.won",
        Attempt = 2,
        At = Changed,
        DurationMs = 84,
        Outcome = DeliveryOutcome.Failed,
        Status = 503,
        Problem = "The endpoint answered HTTP 503.",
        RequestHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { ["webhook-id"] = "019aa4b8-9b7e-7d14-b0c6-41a9e85d2f30", ["webhook-timestamp"] = "1795517824", ["webhook-signature"] = "v1,<an HMAC in base64>" },
        RequestBody = """{"specversion":"1.0","type":"deal.won",…}""",
        AnswerHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = "120" },
        AnswerBody = "Back in two minutes.",
    };

    private static readonly PipelineView Pipeline = new()
    {
        Id = PipelineId,
        Name = "Sales",
        IsDefault = true,
        Stages =
        [
            new StageView { Key = "LEAD", Name = "Lead", Probability = 10, Kind = StageKind.Open, RottingDays = 30 },
            new StageView { Key = "QUALIFIED", Name = "Qualified", Probability = 25, Kind = StageKind.Open, RottingDays = 30 },
            new StageView { Key = "CLOSED_WON", Name = "Won", Probability = 100, Kind = StageKind.Won, RottingDays = null },
            new StageView { Key = "CLOSED_LOST", Name = "Lost", Probability = 0, Kind = StageKind.Lost, RottingDays = null },
        ],
        CreatedAt = Made,
        UpdatedAt = Made,
        Version = 1,
    };

    private static readonly InvitationView Invited = new()
    {
        Id = new Guid("019aa3c9-7d10-7c2b-b6a4-1f8e5d3c9b07"),
        Email = "ines.okafor@nordwind.example",
        Role = Role.Rep,
        ExpiresAt = Made.AddDays(7),
        AcceptedAt = null,
        RevokedAt = null,
        CreatedAt = Made,
        CreatedBy = User,
        UpdatedAt = Made,
        UpdatedBy = User,
        Version = 1,
    };

    private static readonly NotificationView Notification = new()
    {
        Id = new Guid("019aa4b7-9e02-7c5f-8d11-4a6b0e2f7c93"),
        Number = 1204,
        Kind = NotificationKind.TaskAssigned,
        Subject = $"tasks/{Task.Id}",
        Title = Task.Title,
        Actor = "u-1007",
        EventId = new Guid("019aa4b7-9d10-7a44-b2c8-6f0d1e3a5b70"),
        CreatedAt = Changed,
        ReadAt = null,
        Version = 1,
    };

    private static readonly ChannelView InApp = new() { InApp = true, Email = false };
    private static readonly ChannelView Both = new() { InApp = true, Email = true };

    private static readonly AuditEntryView Audit = new()
    {
        Id = new Guid("019aa4b4-03d1-7f6a-8e25-b17c9d40f3a2"),
        OccurredAt = Changed,
        Type = "member.role_changed",
        Subject = $"members/{User}",
        Version = null,
        Actor = "u-1007",
        Credential = "token:6f1d2c0b",
        Address = "203.0.113.17",
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        Changes = new Dictionary<string, FieldChange>(StringComparer.Ordinal) { ["role"] = new() { From = JsonSerializer.SerializeToElement("REP"), To = JsonSerializer.SerializeToElement("MANAGER") } },
    };

    public static IEnumerable<object> All =>
    [
        Lead, Deal, Task, Activity, Member, Team, ApiKey, NewApiKey, Pipeline,
        PageOf(Lead), PageOf(Deal), PageOf(Task), PageOf(Activity), PageOf(Member), PageOf(Team), PageOf(ApiKey), PageOf(Audit),
        Conversion, Customer, PageOf(Conversion), PageOf(Customer),
        new ConversionList
        {
            Items = [new ConversionOutcome { LeadId = Lead.Id, State = Conversion.State, ConversionId = Conversion.ConversionId, CustomerId = Conversion.CustomerId, DealId = DealId, Refusal = null }],
        },
        new AuditHeadView { Position = 4711, Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", SealedAt = Changed, Unsealed = 2 },
        new PipelineList { Items = [Pipeline] },
        new StayList<LeadStatusView>
        {
            Items =
            [
                new LeadStatusView { Status = LeadStatus.New, EnteredAt = Made, LeftAt = Changed, EnteredBy = User, Seconds = 269_073 },
                new LeadStatusView { Status = LeadStatus.Contacted, EnteredAt = Changed, LeftAt = null, EnteredBy = User, Seconds = 86_400 },
            ],
        },
        new StayList<DealStayView>
        {
            Items = [new DealStayView { PipelineId = PipelineId, Stage = "QUALIFIED", Kind = StageKind.Open, EnteredAt = Made, LeftAt = null, EnteredBy = User, Seconds = 355_473, Value = 18000, Currency = "EUR" }],
        },
        .. OfEvents,
        .. OfAnalytics,
        .. OfWork,
        .. OfDashboards,
        .. OfScoring,
        new TimelinePage { Items = [new TimelineEntry { Kind = TimelineKind.Activity, At = Activity.OccurredAt, Activity = Activity }], NextCursor = null },
        new MeView { Id = User, Name = Member.Name, Email = Member.Email, Role = Role.Rep, TenantId = Tenant, Tenants = [Tenant] },
        Invited, PageOf(Invited),
        new IssuedInvitationView
        {
            Id = Invited.Id,
            Email = Invited.Email,
            Role = Invited.Role,
            ExpiresAt = Invited.ExpiresAt,
            AcceptedAt = null,
            RevokedAt = null,
            CreatedAt = Made,
            CreatedBy = User,
            UpdatedAt = Made,
            UpdatedBy = User,
            Version = 1,
            Token = InvitationToken,
            Link = $"/invitation?token={InvitationToken}",
        },
        Webhook, SecretWebhook, WebhookDelivery, PageOf(Webhook), PageOf(WebhookDelivery), new WebhookRepeatView { Count = 12 },
        new SetUpView { TakesCode = true },
        new AccountView { Id = "019aa3be-90d4-7b3c-a2f1-6e0d4c8b2a17", Email = "jonas.feldkamp@nordwind.example", Name = Member.Name, Tenants = [new AccountTenantView { Id = Tenant, Name = "Nordwind Software", Role = Role.Admin }] },
        new AntiforgeryView { Header = "X-CSRF-Token", Token = "q7Zx0m2Vt5Yb8Lc1Rf4Kp9Hs3Wd6Jn0Gu2Ea7Ti5Qo8" },
        new TokenView { AccessToken = "eyJhbGciOiJIUzI1NiIs…", TokenType = "Bearer", ExpiresIn = 600, RefreshToken = RefreshToken },
        Notification, PageOf(Notification),
        new UnreadCountView { Unread = 3, UnreadIsExact = true },
        Both,
        new PreferenceView
        {
            TaskAssigned = Both,
            LeadAssigned = Both,
            DealAssigned = InApp,
            TaskReminder = InApp,
            TaskOverdue = InApp,
            DealWon = InApp,
            DealLost = InApp,
            DealRotting = InApp,
            ConversionFailed = InApp,
            LeadUnrouted = InApp,
            WebhookDisabled = InApp,
            Workflow = Both,
            Version = 2,
        },
        Goal, PageOf(Goal),
        .. OfRouting,
        .. OfWorkflows,
        SearchPage, Suggestions,
        Rate, PageOf(Rate), new RatesTold { Changed = 2 },
        new SettingsView { Name = "Nordwind Software", TimeZone = "Europe/Berlin", Currency = "EUR", Visibility = Visibility.Team, WorkingHours = [new WorkingHours { Weekday = Weekday.Monday, From = "09:00", To = "17:00" }], Holidays = [new DateOnly(2026, 12, 25)], SearchLanguage = SearchLanguage.German, UpdatedAt = Made, Version = 1 },
        new HealthView { Status = "healthy", Version = "0.1.0", Checks = new Dictionary<string, HealthCheckView>(StringComparer.Ordinal) { ["database"] = new() { Status = "healthy", DurationMs = 0.7 } } },
    ];

    private static Guid Tenant { get; } = new("019aa3bf-2d00-7a10-8f00-2b4c6d8e0f12");

    private static Page<T> PageOf<T>(T item) => new() { Items = [item], Total = 1, TotalIsExact = true, Skip = 0, Take = 20, NextCursor = null };
}
