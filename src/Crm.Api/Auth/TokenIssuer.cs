using System.Security.Cryptography;
using Crm.Api.Hosting;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Services.Accounts;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Crm.Api.Auth;

/// <summary>Makes tokens with our own key, for accounts, the command line and the demo.</summary>
internal sealed class TokenIssuer(CrmSettings settings, TimeProvider clock)
{
    public static SymmetricSecurityKey Key(byte[] secret) =>
        new(secret) { KeyId = Convert.ToHexStringLower(SHA256.HashData(secret))[..16] };

    /// <exception cref="SettingException">An authority issues the tokens here.</exception>
    public string Issue(Guid tenantId, string userId, Role role, string? name, TimeSpan lifetime)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = userId,
            ["tenant_id"] = tenantId.ToString(),
            ["role"] = EnumNames<Role>.Of(role),
            ["jti"] = Guid.CreateVersion7().ToString(), // by which the audit names it
        };
        if (name is not null) claims["name"] = name;
        return Sign(claims, lifetime);
    }

    /// <summary>A token of an account's session: without a role, so that the one counts that the member has when it is used.</summary>
    public string Issue(StartedSession session, TimeSpan lifetime)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = session.AccountId.ToString(),
            ["tenant_id"] = session.Tenants.Select(id => id.ToString()).ToArray(),
            ["sid"] = SessionAuthentication.ClaimOf(session.Id),
            ["jti"] = $"{session.Id:N}.{session.Generation}",
            ["email"] = session.Email,
        };
        if (session.Name is not null) claims["name"] = session.Name;
        return Sign(claims, lifetime);
    }

    private string Sign(Dictionary<string, object> claims, TimeSpan lifetime)
    {
        var secret = settings.SigningKey ?? throw new SettingException("Auth__Authority", "is set, so that tokens come from there; unset it and set Auth__SigningKey to make them here.");
        var now = clock.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            Issuer = settings.Issuer,
            Audience = settings.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            SigningCredentials = new SigningCredentials(Key(secret), SecurityAlgorithms.HmacSha256),
        });
    }
}
