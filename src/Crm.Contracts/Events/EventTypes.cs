using System.Collections.Frozen;

namespace Crm.Contracts.Events;

/// <summary>Every type of event there is.</summary>
public static class EventTypes
{
    public const string LeadCreated = "lead.created";
    public const string LeadUpdated = "lead.updated";
    public const string LeadStatusChanged = "lead.status_changed";
    public const string LeadAssigned = "lead.assigned";
    public const string LeadScored = "lead.scored";
    public const string LeadConverted = "lead.converted";
    public const string LeadDeleted = "lead.deleted";
    public const string LeadRestored = "lead.restored";
    public const string DealCreated = "deal.created";
    public const string DealUpdated = "deal.updated";
    public const string DealStageChanged = "deal.stage_changed";
    public const string DealWon = "deal.won";
    public const string DealLost = "deal.lost";
    public const string DealReopened = "deal.reopened";
    public const string DealRotting = "deal.rotting";
    public const string DealAssigned = "deal.assigned";
    public const string DealDeleted = "deal.deleted";
    public const string DealRestored = "deal.restored";
    public const string TaskCreated = "task.created";
    public const string TaskUpdated = "task.updated";
    public const string TaskAssigned = "task.assigned";
    public const string TaskCompleted = "task.completed";
    public const string TaskReopened = "task.reopened";
    public const string TaskReminded = "task.reminded";
    public const string TaskDue = "task.due";
    public const string TaskDeleted = "task.deleted";
    public const string TaskRestored = "task.restored";
    public const string ActivityLogged = "activity.logged";
    public const string ActivityUpdated = "activity.updated";
    public const string ActivityDeleted = "activity.deleted";
    public const string ActivityRestored = "activity.restored";
    public const string DashboardDelivered = "dashboard.delivered";

    // For the audit alone: of no record, and in no feed of changes.
    public const string MemberRoleChanged = "member.role_changed";
    public const string MemberActivated = "member.activated";
    public const string MemberDeactivated = "member.deactivated";
    public const string SettingsChanged = "settings.changed";
    public const string ScoringChanged = "scoring.changed";
    public const string ScoringTrained = "scoring.trained";
    public const string RatesChanged = "rates.changed";
    public const string PipelineCreated = "pipeline.created";
    public const string PipelineChanged = "pipeline.changed";
    public const string PipelineDeleted = "pipeline.deleted";
    public const string DashboardCreated = "dashboard.created";
    public const string DashboardChanged = "dashboard.changed";
    public const string DashboardDeleted = "dashboard.deleted";
    public const string DashboardStopped = "dashboard.schedule_stopped";
    public const string TeamCreated = "team.created";
    public const string TeamChanged = "team.changed";
    public const string TeamDeleted = "team.deleted";
    public const string RoutingChanged = "routing.changed";
    public const string RoutingFailed = "routing.failed";
    public const string AvailabilityChanged = "availability.changed";
    public const string GoalCreated = "goal.created";
    public const string GoalChanged = "goal.changed";
    public const string GoalDeleted = "goal.deleted";
    public const string ApiKeyCreated = "api_key.created";
    public const string ApiKeyRenamed = "api_key.renamed";
    public const string ApiKeyRevoked = "api_key.revoked";
    public const string WorkflowCreated = "workflow.created";
    public const string WorkflowChanged = "workflow.changed";
    public const string WorkflowDeleted = "workflow.deleted";
    public const string WorkflowActivated = "workflow.activated";
    public const string WorkflowDeactivated = "workflow.deactivated";
    public const string WorkflowNotified = "workflow.notified";
    public const string WebhookCreated = "webhook.created";
    public const string WebhookChanged = "webhook.changed";
    public const string WebhookDeleted = "webhook.deleted";
    public const string WebhookSecretRotated = "webhook.secret_rotated";
    public const string WebhookEnabled = "webhook.enabled";
    public const string WebhookDisabled = "webhook.disabled";
    public const string ConversionRejected = "conversion.rejected";
    public const string ConversionCancelled = "conversion.cancelled";
    public const string InvitationCreated = "invitation.created";
    public const string InvitationRevoked = "invitation.revoked";
    public const string InvitationAccepted = "invitation.accepted";
    public const string SignInSucceeded = "sign_in.succeeded";
    public const string SignInFailed = "sign_in.failed";
    public const string AccountLocked = "account.locked";
    public const string SignedOut = "sign_out.succeeded";
    public const string SignedOutEverywhere = "sign_out.everywhere";
    public const string PasswordChanged = "password.changed";
    public const string PasswordReset = "password.reset";
    public const string RefreshTokenReused = "refresh_token.reused";

    /// <summary>Sent to a webhook to try it; in no log.</summary>
    public const string WebhookTest = "webhook.test";

    /// <summary>Sent to a webhook by a workflow; in no log.</summary>
    public const string WorkflowRun = "workflow.run";

    /// <summary>Those that tell of a record or of a dashboard that was due, and that everybody may hear of who sees it.</summary>
    public static readonly FrozenSet<string> OfRecords = new[]
    {
        LeadCreated, LeadUpdated, LeadStatusChanged, LeadAssigned, LeadScored, LeadConverted, LeadDeleted, LeadRestored,
        DealCreated, DealUpdated, DealStageChanged, DealWon, DealLost, DealReopened, DealAssigned, DealRotting, DealDeleted, DealRestored,
        TaskCreated, TaskUpdated, TaskAssigned, TaskCompleted, TaskReopened, TaskReminded, TaskDue, TaskDeleted, TaskRestored,
        ActivityLogged, ActivityUpdated, ActivityDeleted, ActivityRestored,
        DashboardDelivered,
    }.ToFrozenSet(StringComparer.Ordinal);
}
