namespace Crm.Api.OpenApi;

/// <summary>An example of each body, by the name of its schema. Nobody in them is a person.</summary>
internal static class BodyExamples
{
    private const string Lead =
        """
        {
          "firstName": "Mara",
          "lastName": "Lindqvist",
          "email": "mara.lindqvist@fjordline.example",
          "phone": "+47 22 12 34 56",
          "jobTitle": "Head of Procurement",
          "companyName": "Fjordline Logistics",
          "companyWebsite": "https://fjordline.example",
          "companyIndustry": "Logistics",
          "companySize": "51-200",
          "status": "NEW",
          "source": "REFERRAL",
          "estimatedValue": 18000,
          "currency": "EUR",
          "ownerId": "me",
          "description": "Wants to replace its spreadsheets before the summer.",
          "tags": ["logistics", "nordics"]
        }
        """;

    private const string Deal =
        """
        {
          "name": "Fjordline: 40 seats",
          "stage": "QUALIFIED",
          "value": 18000,
          "currency": "EUR",
          "probability": 40,
          "expectedCloseDate": "2027-02-26",
          "ownerId": "me",
          "description": "Starts with the Oslo depot.",
          "tags": ["nordics"]
        }
        """;

    private const string Dashboard =
        """
        {
          "name": "Monday round",
          "isShared": true,
          "ownerId": "me",
          "reports": [
            { "key": "forecast", "name": "This quarter", "report": "forecast", "parameters": { "period": "this-quarter", "groupBy": "owner" } },
            { "key": "mine", "name": "What is mine", "report": "pipeline", "parameters": { "ownerId": "me" } }
          ],
          "schedule": { "every": "week", "weekday": "MONDAY", "time": "07:00", "by": "EMAIL", "to": ["me"] }
        }
        """;

    private const string Task =
        """
        {
          "title": "Send the offer for 40 seats",
          "description": "With the discount for two years.",
          "type": "EMAIL",
          "priority": "HIGH",
          "dueAt": "2026-12-04T15:00:00Z",
          "remindAt": "2026-12-04T09:00:00Z",
          "assigneeId": "me"
        }
        """;

    private const string Activity =
        $$"""
        {
          "type": "CALL",
          "subject": "Talked about the offer",
          "body": "They compare it with one other; the budget is approved.",
          "occurredAt": "2026-11-20T10:30:00Z",
          "durationMinutes": 25,
          "direction": "OUTBOUND",
          "leadId": "{{Examples.LeadId}}"
        }
        """;

    private const string Pipeline =
        """
        {
          "name": "Partners",
          "stages": [
            { "key": "CONTACT", "name": "First contact", "probability": 10, "rottingDays": 14 },
            { "key": "PILOT", "name": "Pilot", "probability": 60, "rottingDays": 45 },
            { "key": "SIGNED", "name": "Signed", "kind": "WON" },
            { "key": "DECLINED", "name": "Declined", "kind": "LOST" }
          ]
        }
        """;

    private const string Routing =
        """
        {
          "isActive": true,
          "rules": [
            {
              "name": "Large",
              "condition": { "field": "estimatedValue", "greaterThan": 50000 },
              "strategy": "LEAST_LOAD",
              "keepAccounts": true,
              "candidates": [{ "userId": "me" }],
              "respondWithinMinutes": 60
            },
            { "name": "All others", "strategy": "ROUND_ROBIN", "keepAccounts": true, "candidates": [{ "userId": "me", "weight": 2 }] }
          ],
          "fallbackId": "me"
        }
        """;

    private const string Workflow =
        """
        {
          "name": "Follow up on referrals",
          "description": "Whoever gets a lead that was referred calls at once, and is told three days later if nothing came of it.",
          "trigger": { "events": ["lead.created", "lead.assigned"] },
          "condition": { "all": [{ "field": "source", "is": "REFERRAL" }, { "field": "ownerId", "isEmpty": false }] },
          "oncePerRecord": true,
          "actions": [
            { "type": "CREATE_TASK", "text": "Call {firstName} {lastName}", "taskType": "CALL", "priority": "HIGH", "minutes": 60 },
            { "type": "WAIT", "minutes": 4320, "workingTime": false, "continueIf": { "field": "status", "is": "NEW" } },
            { "type": "NOTIFY", "text": "{firstName} {lastName} has heard nothing for three days" },
            { "type": "SET_FIELDS", "fields": { "status": "NURTURING" } }
          ]
        }
        """;

    private const string Settings = """{ "name": "Nordwind Software", "timeZone": "Europe/Berlin", "currency": "EUR", "visibility": "TEAM", "workingHours": [{ "weekday": "MONDAY", "from": "09:00", "to": "17:00" }], "holidays": ["2026-12-25"] }""";

    public static readonly IReadOnlyDictionary<string, string> ByName = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["LeadFields"] = Lead,
        ["LeadFieldsReplacement"] = Lead,
        ["LeadFieldsPatch"] = """{ "status": "CONTACTED", "phone": null }""",
        ["ConvertLead"] = """{ "deal": { "name": "Fjordline: 40 seats", "value": 18000, "currency": "EUR", "expectedCloseDate": "2027-02-26" } }""",
        ["ConvertLeads"] = $$"""{ "ids": ["{{Examples.LeadId}}"], "withDeals": true }""",
        ["DealFields"] = Deal,
        ["DealFieldsReplacement"] = Deal,
        ["DealFieldsPatch"] = """{ "value": 21000.5, "probability": null }""",
        ["MoveDeal"] = """{ "stage": "CLOSED_LOST", "lostReason": "Chose the other offer" }""",
        ["TaskFields"] = Task,
        ["TaskFieldsReplacement"] = Task,
        ["TaskFieldsPatch"] = """{ "dueAt": "2026-12-07T15:00:00Z", "remindAt": null }""",
        ["ActivityFields"] = Activity,
        ["ActivityFieldsReplacement"] = Activity,
        ["ActivityFieldsPatch"] = """{ "durationMinutes": 30 }""",
        ["MemberFieldsReplacement"] = """{ "role": "MANAGER", "active": true }""",
        ["MemberFieldsPatch"] = """{ "role": "MANAGER" }""",
        ["ApiKeyFields"] = """{ "name": "Website form", "role": "REP", "readOnly": false, "resources": ["leads"], "expiresAt": "2099-01-01T00:00:00Z" }""",
        ["ApiKeyChangePatch"] = """{ "name": "Website form, new" }""",
        ["PipelineFields"] = Pipeline,
        ["PipelineFieldsReplacement"] = Pipeline,
        ["PipelineFieldsPatch"] = """{ "name": "Partners and resellers" }""",
        ["StageFields"] = """{ "key": "PILOT", "name": "Pilot", "probability": 60, "kind": "OPEN", "rottingDays": 45, "replaces": ["TRIAL"] }""",
        ["DashboardFields"] = Dashboard,
        ["DashboardFieldsReplacement"] = Dashboard,
        ["DashboardFieldsPatch"] = """{ "schedule": { "every": "month", "day": 31, "time": "18:30", "by": "WEBHOOK" } }""",
        ["DashboardReportFields"] = """{ "key": "won", "name": "Won last month", "report": "win-rate", "parameters": { "period": "last-month", "groupBy": "owner", "source": ["REFERRAL", "WEBSITE"] } }""",
        ["ScheduleFields"] = """{ "every": "day", "time": "07:00", "by": "EMAIL", "to": ["me"] }""",
        ["TeamFields"] = """{ "name": "Nordics", "memberIds": ["me"] }""",
        ["TeamFieldsPatch"] = """{ "name": "Nordics and Baltics" }""",
        ["WebhookFields"] = """{ "url": "https://hooks.nordwind.example/crm", "name": "Warehouse", "types": ["deal.created", "deal.stage_changed", "deal.won"], "filter": { "all": [{ "field": "value", "greaterThan": 10000 }, { "not": { "field": "tags", "contains": "test" } }] }, "enabled": true }""",
        ["WebhookChangePatch"] = """{ "name": "Warehouse, new", "filter": null }""",
        ["RedriveWebhook"] = """{ "since": "2026-11-20T00:00:00Z" }""",
        ["ReplayWebhook"] = """{ "since": "2026-11-20T00:00:00Z" }""",
        ["InvitationFields"] = """{ "email": "ines.okafor@nordwind.example", "role": "REP" }""",
        ["SetUp"] = """{ "email": "jonas.feldkamp@nordwind.example", "password": "slow lanterns over Oslo", "name": "Jonas Feldkamp", "tenantName": "Nordwind Software", "code": "3f9c2-b71e0-8a44d-c05f6" }""",
        ["SignIn"] = """{ "email": "jonas.feldkamp@nordwind.example", "password": "slow lanterns over Oslo" }""",
        ["TokenRequest"] = """{ "grant_type": "password", "username": "jonas.feldkamp@nordwind.example", "password": "slow lanterns over Oslo" }""",
        ["RevokeToken"] = $$"""{ "token": "{{ViewExamples.RefreshToken}}" }""",
        ["ChangePassword"] = """{ "currentPassword": "slow lanterns over Oslo", "newPassword": "quick ferries under Bergen" }""",
        ["AcceptInvitation"] = $$"""{ "token": "{{ViewExamples.InvitationToken}}", "name": "Ines Okafor", "password": "quick ferries under Bergen" }""",
        ["RedriveEvents"] = """{ "consumer": "rabbitmq", "since": "2026-11-20T00:00:00Z" }""",
        ["ReadAll"] = """{ "until": "2026-11-20T10:30:00Z" }""",
        ["PreferenceFieldsReplacement"] = """{ "taskAssigned": { "inApp": true, "email": true }, "leadAssigned": { "inApp": true, "email": true }, "dealRotting": { "inApp": false, "email": false } }""",
        ["PreferenceFieldsPatch"] = """{ "taskOverdue": { "email": true } }""",
        ["ScoringFieldsPatch"] = """{ "isActive": true, "by": "RULES", "rules": [{ "name": "Referred", "points": 30, "condition": { "field": "source", "is": "REFERRAL" } }, { "name": "Talked lately", "points": 10, "activity": { "types": ["CALL", "MEETING"], "halfLifeDays": 14, "mostPoints": 40 } }, { "name": "Silent for a month", "points": -20, "activity": { "withinDays": 30, "atMost": 0 } }] }""",
        ["GoalFields"] = """{ "ownerId": "me", "period": "2026-Q4", "metric": "VALUE", "target": 120000, "currency": "EUR" }""",
        ["GoalFieldsPatch"] = """{ "target": 135000 }""",
        ["TellRates"] = """{ "rates": [{ "from": "USD", "to": "EUR", "date": "2026-11-02", "rate": 0.8679 }, { "from": "EUR", "to": "NOK", "date": "2026-11-02", "rate": 11.7255 }] }""",
        ["RateFields"] = """{ "from": "USD", "to": "EUR", "date": "2026-11-02", "rate": 0.8679 }""",
        ["RoutingFieldsPatch"] = Routing,
        ["AvailabilityFieldsPatch"] = """{ "leadsPerDay": 12, "workingHours": [{ "weekday": "MONDAY", "from": "08:00", "to": "16:00" }], "absences": [{ "from": "2026-12-21", "to": "2027-01-03" }] }""",
        ["WorkflowFields"] = Workflow,
        ["WorkflowFieldsPatch"] = """{ "trigger": { "schedule": { "record": "TASK", "weekday": "MONDAY", "time": "07:00" } }, "condition": { "field": "isOverdue", "is": true }, "actions": [{ "type": "NOTIFY", "text": "{title} is overdue" }] }""",
        ["TestWorkflow"] = $$"""{ "recordId": "{{Examples.LeadId}}" }""",
        ["RehearseWorkflow"] = """{ "days": 30 }""",
        ["SettingsFieldsReplacement"] = Settings,
        ["SettingsFieldsPatch"] = """{ "timeZone": "Europe/Oslo" }""",
    };
}
