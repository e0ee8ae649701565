using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Database.Tenancy;
using Crm.Services.ApiKeys;

namespace Crm.Services.Tenancy;

/// <summary>Who asks, and for which tenant. Entered once, before anything else happens for a request.</summary>
public sealed class Caller(TenantScope scope)
{
    public Guid TenantId => scope.TenantId;

    public string UserId => scope.UserId;

    public Role Role { get; private set; }

    public string? Name { get; private set; }

    public string? Email { get; private set; }

    /// <summary>The tenants that the caller may act for.</summary>
    public IReadOnlyList<Guid> Tenants { get; private set; } = [];

    /// <summary>What the key may that the caller came with; null for a token.</summary>
    internal ApiKeyScope? Key { get; private set; }

    /// <summary>The network address that the request came from, as the audit keeps it.</summary>
    public string? Address
    {
        get => scope.Address;
        set => scope.Address = value;
    }

    public void Enter(Identity identity, Guid tenantId, Role role)
    {
        scope.Enter(tenantId, identity.UserId);
        scope.Credential = identity.Credential;
        (Role, Name, Email, Tenants) = (role, identity.Name, identity.Email, identity.Tenants);
        Key = identity.Key;
    }

    /// <summary>Acts as another does, in a unit of work of its own.</summary>
    internal void EnterAs(Caller other)
    {
        scope.Enter(other.TenantId, other.UserId);
        if (other.Sight is { } users) scope.Narrow(users);
        (Role, Name, Email, Tenants, Key) = (other.Role, other.Name, other.Email, other.Tenants, other.Key);
    }

    /// <summary>The users whose records the caller sees besides those that nobody owns; null for whoever sees all.</summary>
    internal IReadOnlyList<string>? Sight => scope.Sight;

    /// <summary>Whether there is no record of the tenant that the caller may not read.</summary>
    internal bool SeesAll => Sight is null && Key?.Resources is null;

    /// <summary>Narrows what the caller sees to the records of some users, the caller among them, and those that nobody owns.</summary>
    internal void Narrow(IReadOnlyList<string> users) => scope.Narrow(users);

    /// <summary>A member's id as a caller writes it: <c>me</c> is the caller.</summary>
    internal string? Resolve(string? memberId) => memberId == "me" ? UserId : memberId;

    /// <summary>A key that ends, or is for some resources, may not give anybody what outlives or exceeds it.</summary>
    internal void RefuseLimitedKey(string what)
    {
        if (Key is null or { ExpiresAt: null, Resources: null, ReadOnly: false }) return;
        throw new CrmException(FailureKind.Forbidden, FailureCodes.KeyForbidden, $"An API key that ends or is for some resources can't {what}. Use a token of an admin, or a key without such limits.");
    }

    /// <summary>What makes records of another collection, too, takes a key that is for that one as well.</summary>
    internal void RefuseKeyWithout(string resource)
    {
        if (Key?.Resources is not { } resources || resources.Contains(resource, StringComparer.Ordinal)) return;
        throw new CrmException(FailureKind.Forbidden, FailureCodes.KeyForbidden, $"This API key isn't for {resource}; it is for {string.Join(", ", resources)}. An admin can make one that may do this.");
    }

    /// <summary>Handing over what another owns takes a manager; one's own, and what nobody owns, anybody who may edit.</summary>
    internal void MayReassign(string noun, string? owner)
    {
        if (Role >= Role.Manager || owner is null || owner == UserId) return;
        throw new CrmException(FailureKind.Forbidden, FailureCodes.RoleForbidden, $"This {noun} belongs to somebody else; handing it over takes the role MANAGER.");
    }
}

/// <summary>What a token tells of its bearer.</summary>
/// <param name="UserId">The <c>sub</c>.</param>
/// <param name="Name">For people to read.</param>
/// <param name="Email">For people to read.</param>
/// <param name="Tenants">The tenants that the token may act for.</param>
/// <param name="Roles">The role for each tenant that the token names one for; the key <see cref="Guid.Empty"/> stands for all.</param>
public sealed record Identity(string UserId, string? Name, string? Email, IReadOnlyList<Guid> Tenants, IReadOnlyDictionary<Guid, Role> Roles)
{
    /// <summary>By what the bearer is known, as the audit names it: a kind and an id, such as <c>token:&lt;jti&gt;</c>.</summary>
    public string Credential { get; init; } = "token";

    /// <summary>What the API key may that the bearer came with; null for a token.</summary>
    public ApiKeyScope? Key { get; init; }

    public Role? RoleFor(Guid tenantId) =>
        Roles.TryGetValue(tenantId, out var role) || Roles.TryGetValue(Guid.Empty, out role) ? role : null;
}
