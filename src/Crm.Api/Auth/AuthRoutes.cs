using System.Net;
using Crm.Api.Hosting;
using Crm.Api.Http;
using Crm.Contracts.Accounts;
using Crm.Contracts.Failures;
using Crm.Services.Accounts;
using Crm.Services.Invitations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Auth;

/// <summary>The door for accounts of our own: for browsers by cookie, for programs by tokens. Only where no authority issues the tokens.</summary>
internal static class AuthRoutes
{
    private static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromMinutes(10);

    public static void AddAccountDoor(this IServiceCollection services, CrmSettings settings)
    {
        if (settings.SigningKey is not { } key) return;
        services.AddSessions(key);
        services.AddSingleton<Attempts>();
    }

    public static void MapAccountDoor(this WebApplication app)
    {
        var auth = app.MapGroup("/auth").WithTags("Accounts");
        auth.MapGet("/setup", GetSetUp).WithName("GetSetUp").WithSummary("Whether there is no account yet").AtTheDoor(404);
        auth.MapPost("/setup", SetUp).WithName("SetUp").WithSummary("Make the first account and its tenant").AtTheDoor(403, 409, 429);
        auth.MapPost("/sign-in", SignIn).WithName("SignIn").WithSummary("Sign in with a browser").AtTheDoor(401, 403, 429);
        auth.MapGet("/antiforgery", GetAntiforgery).WithName("GetAntiforgeryToken").WithSummary("Get the token that requests by cookie show").RequireSession(401, 403);
        auth.MapPost("/sign-out", SignOut).WithName("SignOut").WithSummary("End this session").RequireSession(401, 403);
        auth.MapPost("/sign-out-everywhere", SignOutEverywhere).WithName("SignOutEverywhere").WithSummary("End all sessions of the account").RequireSession(401, 403);
        auth.MapGet("/me", Me).WithName("GetAccount").WithSummary("Who is signed in, and where the account may act").RequireSession(401, 403);
        auth.MapPut("/password", ChangePassword).WithName("ChangePassword").WithSummary("Change the password").RequireSession(401, 403, 429);
        auth.MapPost("/token", GetTokens).WithName("GetTokens").WithSummary("Get tokens for a password or a refresh token").AtTheDoor(400, 403, 429);
        auth.MapPost("/revoke", Revoke).WithName("RevokeToken").WithSummary("End the session of a refresh token").AtTheDoor(403);
        auth.MapPost("/invitations/accept", Accept).WithName("AcceptInvitation").WithSummary("Become a member of the tenant that invited").AtTheDoor(401, 403, 409, 422, 429);
        app.MapAccountPages();
    }

    /// <summary>404 once there is an account.</summary>
    private static async Task<Unkept<SetUpView>> GetSetUp(AccountService accounts, HttpContext context, CancellationToken ct) =>
        await accounts.AnyAsync(ct) ? throw new CrmException(FailureKind.NotFound, FailureCodes.NotFound, "The service is set up already.") : new(new SetUpView { TakesCode = TakesCode(context) });

    /// <summary>Only while there is no account at all. It takes the code that the service printed on its console, unless it is Development and asked on its own machine.</summary>
    private static async Task<Unkept<AccountView>> SetUp(Body<SetUp> body, HttpContext context, CancellationToken ct) => new(await SetUpAsync(context, body.Value, ct));

    /// <summary>Sets the session's cookie. A wrong password, an unknown address and a locked account get the same answer.</summary>
    private static async Task<Unkept<AccountView>> SignIn(Body<SignIn> body, HttpContext context, AccountService accounts, CancellationToken ct) =>
        new(await accounts.ViewAsync(await SignInAsync(context, body.Value, ct) ?? throw AccountService.WrongPassword(), ct));

    /// <summary>Whoever asks by a token doesn't need it.</summary>
    private static Unkept<AntiforgeryView> GetAntiforgery(HttpContext context) => new(new AntiforgeryView
    {
        Header = Antiforgery.Header,
        Token = SessionAuthentication.CookieOf(context) is { } secret ? Antiforgery.TokenOf(secret) : throw new CrmException(FailureKind.Forbidden, FailureCodes.SessionRequired, "This is for sessions by cookie; a request with a token needs no other."),
    });

    /// <summary>The cookie, the refresh token and the access tokens of the session are worth nothing from now on.</summary>
    private static async Task<NoContent> SignOut(HttpContext context, SessionService sessions, CancellationToken ct)
    {
        var session = SessionAuthentication.SessionOf(context);
        await sessions.SignOutAsync(session.Id, session.AccountId, ct);
        SessionCookie.Delete(context);
        return TypedResults.NoContent();
    }

    /// <summary>This session, too.</summary>
    private static async Task<NoContent> SignOutEverywhere(HttpContext context, SessionService sessions, CancellationToken ct)
    {
        await sessions.SignOutEverywhereAsync(SessionAuthentication.SessionOf(context).AccountId, ct);
        SessionCookie.Delete(context);
        return TypedResults.NoContent();
    }

    /// <summary>Takes no tenant: it tells which there are.</summary>
    private static async Task<Unkept<AccountView>> Me(HttpContext context, AccountService accounts, CancellationToken ct) =>
        new(await accounts.ViewAsync(SessionAuthentication.SessionOf(context).AccountId, ct));

    /// <summary>Takes the current one. All other sessions of the account end.</summary>
    private static async Task<NoContent> ChangePassword(Body<ChangePassword> body, HttpContext context, AccountService accounts, SessionService sessions, Attempts attempts, CancellationToken ct)
    {
        var changed = await attempts.TryAsync(context, () => accounts.ChangePasswordAsync(SessionAuthentication.SessionOf(context), body.Value, sessions, ct));
        return changed ? TypedResults.NoContent() : throw CrmException.Invalid("/currentPassword", "isn't the account's password, or too many tries have failed");
    }

    /// <summary>As OAuth 2.0 has it, as a form or as JSON. A refresh token works once; used again, it ends the session and all of its tokens.</summary>
    private static async Task<Unkept<TokenView>> GetTokens(FormOrJson<TokenRequest> body, HttpContext context, SessionService sessions, TokenIssuer issuer, Attempts attempts, CancellationToken ct)
    {
        var request = body.Value;
        var session = request.GrantType == "password"
            ? await attempts.TryAsync(context, () => sessions.SignInForTokensAsync(Given(request.Username, "/username"), Given(request.Password, "/password"), ct))
            : await sessions.RefreshAsync(Given(request.RefreshToken, "/refresh_token"), ct);
        if (session is null) throw InvalidGrant();
        return new(new TokenView
        {
            AccessToken = issuer.Issue(session, AccessTokenLifetime),
            TokenType = "Bearer",
            ExpiresIn = (int)AccessTokenLifetime.TotalSeconds,
            RefreshToken = session.Secret,
        });
    }

    /// <summary>As RFC 7009 has it: what is no token does nothing, and nothing is told.</summary>
    private static async Task<Ok> Revoke(FormOrJson<RevokeToken> body, SessionService sessions, CancellationToken ct)
    {
        await sessions.RevokeAsync(body.Value.Token, ct);
        return TypedResults.Ok();
    }

    /// <summary>With a new account for the invited address, or with the one that there is, whose password then proves who accepts.</summary>
    private static async Task<Unkept<AccountView>> Accept(Body<AcceptInvitation> body, HttpContext context, InvitationService invitations, Attempts attempts, CancellationToken ct) =>
        new(await attempts.TryAsync(context, () => invitations.AcceptAsync(body.Value, ct)));

    internal static async Task<AccountView> SetUpAsync(HttpContext context, SetUp command, CancellationToken ct)
    {
        var services = context.RequestServices;
        var accounts = services.GetRequiredService<AccountService>();
        return await services.GetRequiredService<Attempts>().TryAsync(context, async () =>
        {
            var known = !TakesCode(context) || services.GetRequiredService<AccountKeys>().IsSetUpCode(command.Code);
            if (!known && !await accounts.AnyAsync(ct)) throw new CrmException(FailureKind.Forbidden, FailureCodes.SetUpCode, "The code isn't the one that the service printed on its console when it started. Copy it from there.");
            return await accounts.SetUpAsync(command, ct);
        });
    }

    /// <summary>Whether the set-up takes the console's code: from everywhere but a developer's own machine, also from a page that gave its own name our address.</summary>
    internal static bool TakesCode(HttpContext context) =>
        !(context.RequestServices.GetRequiredService<IWebHostEnvironment>().IsDevelopment()
            && SessionCookie.NamesThisMachine(context.Request)
            && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address));

    /// <summary>Starts a session and sets its cookie, always a new one; what the browser brought ends. The account, or null.</summary>
    internal static async Task<Guid?> SignInAsync(HttpContext context, SignIn command, CancellationToken ct)
    {
        SessionCookie.RequireSafeWay(context.Request);
        var sessions = context.RequestServices.GetRequiredService<SessionService>();
        var started = await context.RequestServices.GetRequiredService<Attempts>().TryAsync(context, () => sessions.SignInByCookieAsync(command.Email, command.Password, ct));
        if (started is null) return null;
        if (SessionCookie.Read(context.Request) is { } brought && await sessions.FindByCookieAsync(brought, ct) is { } before) await sessions.SignOutAsync(before.Id, before.AccountId, ct);
        SessionCookie.Write(context, started.Secret);
        return started.AccountId;
    }

    private static string Given(string? text, string place) => text ?? throw CrmException.Invalid(place, "is required for this grant_type");

    private static CrmException InvalidGrant() =>
        new(FailureKind.Invalid, FailureCodes.InvalidGrant, "The password or the refresh token isn't right here, was used, has expired or was revoked, or too many tries have failed. Sign in again.")
        {
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal) { ["error"] = "invalid_grant" },
        };
}
