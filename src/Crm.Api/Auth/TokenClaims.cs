using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Services.ApiKeys;
using Crm.Services.Tenancy;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Crm.Api.Auth;

/// <summary>Reads who a validated token is for. Read from its JSON, in which a claim that stands twice can be seen.</summary>
internal static class TokenClaims
{
    private const int MaxUserId = 128;
    private const int MaxText = 256;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="FormatException">A claim is missing or isn't what it must be.</exception>
    public static Identity Read(JsonWebToken token)
    {
        try
        {
            using var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedHeader), Strict);
            if (header.RootElement.TryGetProperty("crit", out _)) throw new FormatException("The token demands what isn't understood here.");
            using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload), Strict);
            var claims = payload.RootElement;
            return new Identity(
                UserId(claims),
                Text(claims, "name", MaxText),
                Text(claims, "email", MaxText),
                Tenants(claims),
                Roles(claims))
            {
                Credential = Text(claims, "jti", MaxUserId) is { Length: > 0 } id ? $"token:{id}" : "token",
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("The token's claims can't be read.", e);
        }
    }

    /// <summary>What is wrong with a user's id, or null: <c>me</c> and <c>none</c> mean somebody else wherever a member is named.</summary>
    public static string? FaultOfUserId(string text) => text.Trim() switch
    {
        "" => "must not be empty",
        "me" or "none" => "must not be me or none, which stand for the caller and for nobody",
        var id when id.StartsWith(ApiKeyAuthentication.MemberPrefix, StringComparison.Ordinal) => $"must not begin with {ApiKeyAuthentication.MemberPrefix}, as the ids of API keys do",
        _ => FaultOf(text, MaxUserId),
    };

    /// <summary>What is wrong with a name or an e-mail address, or null.</summary>
    public static string? FaultOfText(string text) => FaultOf(text, MaxText);

    private static string UserId(JsonElement claims)
    {
        var text = Text(claims, "sub", MaxUserId) ?? throw new FormatException("The token has no sub.");
        return FaultOfUserId(text) is { } fault ? throw new FormatException($"sub {fault}.") : text;
    }

    private static string? Text(JsonElement claims, string name, int maxLength)
    {
        if (!claims.TryGetProperty(name, out var claim) || claim.ValueKind == JsonValueKind.Null) return null;
        var text = claim.ValueKind == JsonValueKind.String ? claim.GetString()! : throw new FormatException($"{name} must be text.");
        if (FaultOf(text, maxLength) is { } fault) throw new FormatException($"{name} {fault}.");
        return TextConverter.Normalise(text);
    }

    private static string? FaultOf(string text, int maxLength)
    {
        if (text.Any(char.IsControl)) return "must not contain control characters";
        return TextConverter.Fault(text) ?? (text.Trim().Length > maxLength ? $"must have at most {maxLength} characters" : null);
    }

    private static List<Guid> Tenants(JsonElement claims)
    {
        if (!claims.TryGetProperty("tenant_id", out var claim)) throw new FormatException("The token has no tenant_id.");
        return claim.ValueKind == JsonValueKind.Array ? [.. claim.EnumerateArray().Select(Tenant)] : [Tenant(claim)];
    }

    private static Guid Tenant(JsonElement claim) => TenantOf(claim.GetString());

    private static Guid TenantOf(string? text) =>
        Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty ? id : throw new FormatException("A tenant must be a UUID.");

    private static Dictionary<Guid, Role> Roles(JsonElement claims)
    {
        var roles = new Dictionary<Guid, Role>();
        if (!claims.TryGetProperty("role", out var claim) || claim.ValueKind == JsonValueKind.Null) return roles;
        if (claim.ValueKind == JsonValueKind.Object)
        {
            foreach (var role in claim.EnumerateObject()) roles[TenantOf(role.Name)] = RoleOf(role.Value);
        }
        else
        {
            roles[Guid.Empty] = RoleOf(claim);
        }

        return roles;
    }

    private static Role RoleOf(JsonElement claim) =>
        EnumNames<Role>.TryParse(claim.GetString() ?? "", out var role) ? role : throw new FormatException("A role must be one of ADMIN, MANAGER, REP, VIEWER.");
}
