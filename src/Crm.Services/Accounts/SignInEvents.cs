using Crm.Database.Accounts;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Accounts;

/// <summary>What happens at the door, told in one place. Ids only: no address, name, password or token.</summary>
public sealed partial class SignInEvents(ILogger<SignInEvents> logger)
{
    public void AccountMade(Guid accountId, Guid tenantId) => LogAccountMade(accountId, tenantId);

    public void SignedIn(Guid accountId, Guid sessionId, SessionKind kind) => LogSignedIn(accountId, sessionId, kind);

    /// <param name="accountId">Null where there is no account of that address.</param>
    public void SignInFailed(Guid? accountId) => LogSignInFailed(accountId);

    public void AccountLocked(Guid accountId) => LogAccountLocked(accountId);

    public void SignedOut(Guid accountId, Guid sessionId) => LogSignedOut(accountId, sessionId);

    public void SignedOutEverywhere(Guid accountId, int sessions) => LogSignedOutEverywhere(accountId, sessions);

    public void PasswordChanged(Guid accountId) => LogPasswordChanged(accountId);

    /// <summary>Somebody has a refresh token that isn't theirs: either who used it now, or who did before.</summary>
    public void RefreshTokenReused(Guid accountId, Guid sessionId) => LogRefreshTokenReused(accountId, sessionId);

    public void InvitationMade(Guid tenantId, Guid invitationId, string by) => LogInvitationMade(tenantId, invitationId, by);

    public void InvitationRevoked(Guid tenantId, Guid invitationId, string by) => LogInvitationRevoked(tenantId, invitationId, by);

    public void InvitationAccepted(Guid tenantId, Guid invitationId, Guid accountId) => LogInvitationAccepted(tenantId, invitationId, accountId);

    [LoggerMessage(LogLevel.Information, "Account {Account} was made for tenant {Tenant}")]
    private partial void LogAccountMade(Guid account, Guid tenant);

    [LoggerMessage(LogLevel.Information, "Account {Account} signed in as session {Session} ({Kind})")]
    private partial void LogSignedIn(Guid account, Guid session, SessionKind kind);

    [LoggerMessage(LogLevel.Information, "A sign-in failed; the account is {Account}")]
    private partial void LogSignInFailed(Guid? account);

    [LoggerMessage(LogLevel.Warning, "Account {Account} is locked for a while: too many sign-ins failed")]
    private partial void LogAccountLocked(Guid account);

    [LoggerMessage(LogLevel.Information, "Account {Account} signed out of session {Session}")]
    private partial void LogSignedOut(Guid account, Guid session);

    [LoggerMessage(LogLevel.Information, "Account {Account} signed out everywhere, of {Sessions} sessions")]
    private partial void LogSignedOutEverywhere(Guid account, int sessions);

    [LoggerMessage(LogLevel.Information, "Account {Account} has a new password; its other sessions ended")]
    private partial void LogPasswordChanged(Guid account);

    [LoggerMessage(LogLevel.Warning, "A refresh token of session {Session} of account {Account} was used again; the session ended")]
    private partial void LogRefreshTokenReused(Guid account, Guid session);

    [LoggerMessage(LogLevel.Information, "Invitation {Invitation} to tenant {Tenant} was made by {By}")]
    private partial void LogInvitationMade(Guid tenant, Guid invitation, string by);

    [LoggerMessage(LogLevel.Information, "Invitation {Invitation} to tenant {Tenant} was revoked by {By}")]
    private partial void LogInvitationRevoked(Guid tenant, Guid invitation, string by);

    [LoggerMessage(LogLevel.Information, "Invitation {Invitation} to tenant {Tenant} was accepted by account {Account}")]
    private partial void LogInvitationAccepted(Guid tenant, Guid invitation, Guid account);
}
