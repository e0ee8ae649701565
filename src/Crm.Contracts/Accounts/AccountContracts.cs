using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Crm.Contracts.Members;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Accounts;

/// <summary>Makes the first account, and the tenant that it is the admin of.</summary>
public sealed record SetUp
{
    [Required, StringLength(256), Email] public required string Email { get; init; }

    /// <summary>12 characters or more, none of the passwords that everybody tries, and not the e-mail address.</summary>
    [Required, StringLength(256)] public required string Password { get; init; }

    /// <summary>What the account is called, for people to read.</summary>
    [StringLength(200)] public string? Name { get; init; }

    /// <summary>What the tenant is called.</summary>
    [StringLength(200)] public string? TenantName { get; init; }

    /// <summary>The code that the service prints on its console while there is no account. Development takes none.</summary>
    [StringLength(64)] public string? Code { get; init; }
}

/// <summary>Whether there is no account yet.</summary>
public sealed record SetUpView
{
    /// <summary>Whether the code is asked for that the service printed on its console.</summary>
    public required bool TakesCode { get; init; }
}

/// <summary>Proves who signs in.</summary>
public sealed record SignIn
{
    [Required, StringLength(256)] public required string Email { get; init; }
    [Required, StringLength(256)] public required string Password { get; init; }
}

/// <summary>An account, and where it may act.</summary>
public sealed record AccountView
{
    /// <summary>The <c>sub</c> of the account's tokens, and its id as a member.</summary>
    public required string Id { get; init; }

    public required string Email { get; init; }
    public required string? Name { get; init; }

    /// <summary>The tenants that the account may act for.</summary>
    public required IReadOnlyList<AccountTenantView> Tenants { get; init; }
}

/// <summary>A tenant that an account may act for.</summary>
public sealed record AccountTenantView
{
    /// <summary>What to send as <c>X-Tenant-Id</c>.</summary>
    public required Guid Id { get; init; }

    public required string? Name { get; init; }

    /// <summary>What the account may do there.</summary>
    public required Role Role { get; init; }
}

/// <summary>What a request by cookie that changes anything has to show.</summary>
public sealed record AntiforgeryView
{
    /// <summary>The header to send it in.</summary>
    public required string Header { get; init; }

    /// <summary>Good for as long as the session is.</summary>
    public required string Token { get; init; }
}

/// <summary>Asks for tokens, in the words of OAuth 2.0; as a form or as JSON.</summary>
public sealed record TokenRequest
{
    /// <summary>With <c>password</c>, <c>username</c> and <c>password</c> are asked for; with <c>refresh_token</c>, the token.</summary>
    [Required, AllowedValues("password", "refresh_token"), JsonPropertyName("grant_type")] public required string GrantType { get; init; }

    /// <summary>The e-mail address.</summary>
    [StringLength(256)] public string? Username { get; init; }

    [StringLength(256)] public string? Password { get; init; }

    [StringLength(200), JsonPropertyName("refresh_token")] public string? RefreshToken { get; init; }
}

/// <summary>Tokens, in the words of OAuth 2.0.</summary>
public sealed record TokenView
{
    /// <summary>To be sent as <c>Authorization: Bearer</c>, until it expires.</summary>
    [JsonPropertyName("access_token")] public required string AccessToken { get; init; }

    [JsonPropertyName("token_type")] public required string TokenType { get; init; }

    /// <summary>Seconds until the access token expires.</summary>
    [JsonPropertyName("expires_in")] public required int ExpiresIn { get; init; }

    /// <summary>Good for new tokens, once. Used a second time, it ends the session.</summary>
    [JsonPropertyName("refresh_token")] public required string RefreshToken { get; init; }
}

/// <summary>Ends the session that a refresh token is of.</summary>
public sealed record RevokeToken
{
    /// <summary>The refresh token.</summary>
    [Required, StringLength(200)] public required string Token { get; init; }
}

/// <summary>Changes the password of whoever is signed in.</summary>
public sealed record ChangePassword
{
    [Required, StringLength(256)] public required string CurrentPassword { get; init; }

    /// <summary>12 characters or more, none of the passwords that everybody tries, and not the e-mail address.</summary>
    [Required, StringLength(256)] public required string NewPassword { get; init; }
}

/// <summary>Makes an account a member of the tenant that invited it.</summary>
public sealed record AcceptInvitation
{
    /// <summary>The token of the invitation's link.</summary>
    [Required, StringLength(200)] public required string Token { get; init; }

    /// <summary>What a new account is called. One that exists keeps its name.</summary>
    [StringLength(200)] public string? Name { get; init; }

    /// <summary>The account's password; a new one's is 12 characters or more, none that everybody tries, and not the e-mail address.</summary>
    [Required, StringLength(256)] public required string Password { get; init; }
}
