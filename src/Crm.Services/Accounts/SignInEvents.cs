using Crm.Contracts.Events;
using Crm.Database.Accounts;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Accounts;

/// <summary>
/// What happens at the door, told in one place: in the log by ids only, no address, name, password or token; and in the audit of every
/// tenant of the account, since each may have been the aim. Called outside of transactions, as the audit is written in its own.
/// </summary>
public sealed partial class SignInEvents(AccountsDbContext accounts, AuditLog audit, TenantScope scope, ILogger<SignInEvents> logger)
{
    public void AccountMade(Guid accountId, Guid tenantId) => LogAccountMade(accountId, tenantId);

    public Task SignedInAsync(Guid accountId, Guid sessionId, SessionKind kind)
    {
        LogSignedIn(accountId, sessionId, kind);
        return AuditAsync(EventTypes.SignInSucceeded, accountId, sessionId);
    }

    /// <summary>A failure that doesn't count: of an address that has no account, or of an account that is locked. It isn't in the audit, which strangers could fill with it.</summary>
    /// <param name="accountId">Null where there is no account of that address.</param>
    public void SignInRefused(Guid? accountId) => LogSignInFailed(accountId);

    public Task SignInFailedAsync(Guid accountId)
    {
        LogSignInFailed(accountId);
        return AuditAsync(EventTypes.SignInFailed, accountId, null);
    }

    public Task AccountLockedAsync(Guid accountId)
    {
        LogAccountLocked(accountId);
        return AuditAsync(EventTypes.AccountLocked, accountId, null);
    }

    public Task SignedOutAsync(Guid accountId, Guid sessionId)
    {
        LogSignedOut(accountId, sessionId);
        return AuditAsync(EventTypes.SignedOut, accountId, sessionId);
    }

    public Task SignedOutEverywhereAsync(Guid accountId, int sessions)
    {
        LogSignedOutEverywhere(accountId, sessions);
        return AuditAsync(EventTypes.SignedOutEverywhere, accountId, null);
    }

    public Task PasswordChangedAsync(Guid accountId, Guid sessionId)
    {
        LogPasswordChanged(accountId);
        return AuditAsync(EventTypes.PasswordChanged, accountId, sessionId);
    }

    public Task PasswordResetAsync(Guid accountId)
    {
        LogPasswordChanged(accountId);
        return AuditAsync(EventTypes.PasswordReset, accountId, null);
    }

    /// <summary>Somebody has a refresh token that isn't theirs: either who used it now, or who did before.</summary>
    public Task RefreshTokenReusedAsync(Guid accountId, Guid sessionId)
    {
        LogRefreshTokenReused(accountId, sessionId);
        return AuditAsync(EventTypes.RefreshTokenReused, accountId, sessionId);
    }

    public void InvitationMade(Guid tenantId, Guid invitationId, string by) => LogInvitationMade(tenantId, invitationId, by);

    public void InvitationRevoked(Guid tenantId, Guid invitationId, string by) => LogInvitationRevoked(tenantId, invitationId, by);

    public void InvitationAccepted(Guid tenantId, Guid invitationId, Guid accountId) => LogInvitationAccepted(tenantId, invitationId, accountId);

    /// <summary>What happened has happened, so that it is told although the caller may have left.</summary>
    private async Task AuditAsync(string type, Guid accountId, Guid? sessionId)
    {
        var userId = accountId.ToString();
        foreach (var tenantId in await accounts.Memberships.Where(m => m.AccountId == accountId).Select(m => m.TenantId).ToListAsync(CancellationToken.None))
        {
            await audit.WriteAsync(tenantId, new AuditEntry(type, userId, "members", userId, scope.Address, sessionId is null ? scope.Credential : $"session:{sessionId}"), CancellationToken.None);
        }
    }

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
