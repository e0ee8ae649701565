using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Crm.Api.Http;
using Crm.Contracts.Accounts;
using Crm.Contracts.Failures;
using Crm.Services.Accounts;
using Crm.Services.Invitations;
using Microsoft.AspNetCore.Http.Features;

namespace Crm.Api.Auth;

/// <summary>The three pages without which nobody gets in: plain HTML forms, no script. Each form shows a token that only who was given the page has.</summary>
internal static class AccountPages
{
    private const string FormToken = "form";
    private const string FormCookie = "crm-form";

    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}label{display:block;margin:1rem 0 .25rem}"
        + "input,button{font:inherit;width:100%;box-sizing:border-box;min-height:44px;padding:.5rem}button{margin-top:1.5rem}[role=alert]{border-left:4px solid #c22;padding-left:.75rem}";

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static void MapAccountPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").ExcludeFromDescription().AtTheDoor();
        pages.MapGet("/sign-in", (HttpContext context) => SignInPage(context, null));
        pages.MapPost("/sign-in", PostSignIn);
        pages.MapGet("/setup", GetSetUp);
        pages.MapPost("/setup", PostSetUp);
        pages.MapGet("/invitation", (HttpContext context, string? token) => InvitationPage(context, token ?? "", null));
        pages.MapPost("/invitation", PostInvitation);
    }

    private static Task<IResult> PostSignIn(HttpContext context, CancellationToken ct) => PostAsync(
        context,
        async () =>
        {
            var command = await FormReader.ReadAsync<SignIn>(context, [FormToken]);
            _ = await AuthRoutes.SignInAsync(context, command, ct) ?? throw AccountService.WrongPassword();
            return Results.LocalRedirect("/");
        },
        failure => SignInPage(context, failure));

    private static async Task<IResult> GetSetUp(HttpContext context, AccountService accounts, CancellationToken ct) =>
        await accounts.AnyAsync(ct) ? Results.LocalRedirect("/sign-in") : SetUpPage(context, null);

    private static Task<IResult> PostSetUp(HttpContext context, CancellationToken ct) => PostAsync(
        context,
        async () =>
        {
            await AuthRoutes.SetUpAsync(context, await FormReader.ReadAsync<SetUp>(context, [FormToken]), ct);
            return Results.LocalRedirect("/sign-in");
        },
        failure => SetUpPage(context, failure));

    private static Task<IResult> PostInvitation(HttpContext context, InvitationService invitations, Attempts attempts, CancellationToken ct) => PostAsync(
        context,
        async () =>
        {
            var command = await FormReader.ReadAsync<AcceptInvitation>(context, [FormToken]);
            await attempts.TryAsync(context, () => invitations.AcceptAsync(command, ct));
            return Results.LocalRedirect("/sign-in");
        },
        failure => InvitationPage(context, TokenOf(context), failure));

    /// <summary>What the form says, if it is one that can be read.</summary>
    private static string TokenOf(HttpContext context) => context.Features.Get<IFormFeature>()?.Form?["token"].ToString() ?? "";

    /// <summary>Does what a form asks for; what is refused is said on the page.</summary>
    private static async Task<IResult> PostAsync(HttpContext context, Func<Task<IResult>> post, Func<CrmException, IResult> page)
    {
        try
        {
            if (!context.Request.HasFormContentType) throw new CrmException(FailureKind.UnsupportedMediaType, FailureCodes.UnsupportedMediaType, "This takes a form. Programs use the API at /auth.");
            if (!IsOurs(context, await context.Request.ReadFormAsync(context.RequestAborted))) throw new CrmException(FailureKind.Forbidden, FailureCodes.Antiforgery, "This page was too old, or the browser keeps no cookies. Please try again.");
            return await post();
        }
        catch (CrmException e) when (e.Kind is not FailureKind.Unavailable)
        {
            return page(e);
        }
        catch (InvalidDataException)
        {
            return page(CrmException.Invalid("", "is no form that can be read"));
        }
    }

    private static IResult SignInPage(HttpContext context, CrmException? failure) => Page(context, "Sign in", failure, "/sign-in",
        $"""
        {Input("email", "E-mail address", "email", "username")}
        {Input("password", "Password", "password", "current-password")}
        <button>Sign in</button>
        """);

    private static IResult SetUpPage(HttpContext context, CrmException? failure) => Page(context, "Set up", failure, "/setup",
        $"""
        <p>This makes the first account, an admin, and its tenant.</p>
        {(!AuthRoutes.TakesCode(context) ? "" : Input("code", "Code, as the service printed it on its console", "text", "off"))}
        {Input("tenantName", "What your organisation is called", "text", "organization", required: false)}
        {Input("name", "Your name", "text", "name", required: false)}
        {Input("email", "E-mail address", "email", "username")}
        {Input("password", $"Password, at least {PasswordRules.Fewest} characters", "password", "new-password")}
        <button>Set up</button>
        """);

    private static IResult InvitationPage(HttpContext context, string token, CrmException? failure) => Page(context, "Accept the invitation", failure, "/invitation",
        $"""
        <p>Who has an account already gives its password; who hasn't chooses one.</p>
        <input type="hidden" name="token" value="{HtmlEncoder.Default.Encode(token)}">
        {Input("name", "Your name", "text", "name", required: false)}
        {Input("password", $"Password, at least {PasswordRules.Fewest} characters", "password", "new-password")}
        <button>Accept</button>
        """);

    private static string Input(string name, string label, string type, string autocomplete, bool required = true) =>
        $"""<label for="{name}">{label}</label><input id="{name}" name="{name}" type="{type}" autocomplete="{autocomplete}"{(required ? " required" : "")} maxlength="256">""";

    private static IResult Page(HttpContext context, string title, CrmException? failure, string action, string fields)
    {
        (context.Response.Headers.ContentSecurityPolicy, context.Response.Headers.CacheControl) = (Policy, "no-store");
        if (failure?.RetryAfter is { } wait) context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var said = failure is null ? "" : $"""<p role="alert">{HtmlEncoder.Default.Encode(failure.Errors.Count > 1 ? string.Join(' ', failure.Errors.Select(error => $"{error.Key.TrimStart('/')} {error.Value[0]}.")) : failure.Message.TrimStart('/'))}</p>""";
        var html =
            $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title} · CRM</title><style>{Style}</style></head>
            <body><main><h1>{title}</h1>{said}
            <form method="post" action="{action}">
            <input type="hidden" name="{FormToken}" value="{TokenFor(context)}">
            {fields}
            </form></main></body>
            </html>

            """;
        return Results.Content(html, "text/html; charset=utf-8", Encoding.UTF8, failure is null ? StatusCodes.Status200OK : (int)failure.Kind);
    }

    /// <summary>The token of the browser's own cookie, which it gets with its first page.</summary>
    private static string TokenFor(HttpContext context)
    {
        var cookie = context.Request.Cookies[CookieName(context.Request)];
        if (cookie is not { Length: 43 })
        {
            cookie = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(AccountKeys.SecretBytes));
            context.Response.Cookies.Append(CookieName(context.Request), cookie, SessionCookie.Options(context.Request, TimeSpan.FromHours(12)));
        }

        return SealOf(context, cookie);
    }

    private static bool IsOurs(HttpContext context, IFormCollection form) =>
        context.Request.Cookies[CookieName(context.Request)] is { Length: 43 } cookie && form[FormToken] is [{ } shown] && AccountKeys.AreEqual(shown, SealOf(context, cookie));

    private static string SealOf(HttpContext context, string cookie) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(context.RequestServices.GetRequiredService<AccountKeys>().Forms, Encoding.UTF8.GetBytes(cookie)));

    private static string CookieName(HttpRequest request) => request.IsHttps ? $"__Host-{FormCookie}" : FormCookie;
}
