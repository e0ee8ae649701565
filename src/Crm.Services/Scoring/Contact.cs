using Crm.Contracts.Activities;

namespace Crm.Services.Scoring;

/// <summary>What of an activity scoring goes by.</summary>
internal sealed record Contact(ActivityType Type, ActivityDirection? Direction, DateTimeOffset OccurredAt);
