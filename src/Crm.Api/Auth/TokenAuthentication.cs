using Crm.Api.Hosting;
using Crm.Api.Http;
using Crm.Contracts.Failures;
using Crm.Services.Tenancy;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Crm.Api.Auth;

/// <summary>Bearer tokens: signed with our key by HS256, or by an OpenID Connect issuer with RS256 or ES256. Nothing else is a token.</summary>
internal static partial class TokenAuthentication
{
    private static readonly object IdentityItem = new();

    public static void AddTokenAuthentication(this IServiceCollection services, CrmSettings settings)
    {
        services.AddSingleton<TokenIssuer>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.RequireHttpsMetadata = settings.Authority is not null && !new Uri(settings.Authority).IsLoopback;
            options.Authority = settings.Authority;
            options.TokenValidationParameters = Rules(settings);
            options.Events = new JwtBearerEvents { OnMessageReceived = ReadOthersAsync, OnTokenValidated = ReadAsync, OnChallenge = RefuseAsync };
        });
    }

    /// <summary>What the token or the session tells; null where there was none.</summary>
    public static Identity? IdentityOf(HttpContext context) => context.Items[IdentityItem] as Identity;

    /// <summary>Lets somebody in.</summary>
    public static void Enter(HttpContext context, Identity identity) => context.Items[IdentityItem] = identity;

    private static TokenValidationParameters Rules(CrmSettings settings)
    {
        var rules = new TokenValidationParameters
        {
            ClockSkew = TimeSpan.FromSeconds(30),
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ValidateIssuer = settings.Issuer is not null || settings.Authority is not null,
            ValidIssuer = settings.Issuer,
            ValidateAudience = settings.Audience is not null,
            ValidAudience = settings.Audience,
            ValidAlgorithms = settings.Authority is null ? [SecurityAlgorithms.HmacSha256] : [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
        };
        if (settings.SigningKey is { } secret)
        {
            // A token that names a key names ours; the validator alone would try every key that it has.
            var key = TokenIssuer.Key(secret);
            rules.IssuerSigningKeyResolver = (_, _, keyId, _) => string.IsNullOrEmpty(keyId) || keyId == key.KeyId ? [key] : [];
        }

        return rules;
    }

    /// <summary>What stands in a token's place: an API key, or a cookie.</summary>
    private static Task ReadOthersAsync(MessageReceivedContext context) => KeyAuthentication.KeyOf(context.Request) is { } key
        ? KeyAuthentication.ReadAsync(context, key)
        : SessionAuthentication.ReadCookieAsync(context);

    private static async Task ReadAsync(TokenValidatedContext context)
    {
        try
        {
            var token = (JsonWebToken)context.SecurityToken;
            if (await SessionAuthentication.NarrowAsync(context.HttpContext, token, TokenClaims.Read(token)) is { } identity) Enter(context.HttpContext, identity);
            else context.Fail("The token's session has ended.");
        }
        catch (FormatException e)
        {
            context.Fail(e.Message);
        }
    }

    private static async Task RefuseAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var (given, key) = (context.AuthenticateFailure is not null, KeyAuthentication.KeyOf(context.Request));
        if (given && key is null && await IssuerIsAwayAsync(context))
        {
            await Problems.WriteAsync(context.HttpContext, new CrmException(FailureKind.Unavailable, FailureCodes.IssuerUnavailable, "The issuer of the tokens can't be reached right now, so that none can be checked. Try again in a moment."));
            return;
        }

        context.Response.Headers.WWWAuthenticate = given ? "Bearer error=\"invalid_token\"" : "Bearer";
        var detail = (given, key) switch
        {
            (true, _) => "The token is not valid here: its signature, issuer, audience, time or claims aren't right, it has expired, or its session was ended. Get a new one. An API key may have been mistyped, revoked, or have expired.",
            (false, null) => "This takes a token: send it as Authorization: Bearer <token>.",
            _ => "An API key is for requests below /api. This is for people: sign in, and send the session's token.",
        };
        await Problems.WriteAsync(context.HttpContext, new CrmException(FailureKind.Unauthenticated, FailureCodes.Unauthenticated, detail));
    }

    /// <summary>Whether nothing could be checked, because the issuer hasn't told its keys yet and doesn't answer.</summary>
    private static async Task<bool> IssuerIsAwayAsync(JwtBearerChallengeContext context)
    {
        if (context.Options.ConfigurationManager is not { } issuer) return false;
        try
        {
            await issuer.GetConfigurationAsync(context.HttpContext.RequestAborted);
            return false;
        }
        catch (InvalidOperationException e)
        {
            var logger = context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Crm.Requests");
            LogIssuerAway(logger, e);
            return true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The issuer that Auth__Authority names can't be reached")]
    private static partial void LogIssuerAway(ILogger logger, Exception exception);
}
