namespace Crm.Database.Tenancy;

/// <summary>A row that belongs to a tenant.</summary>
public interface ITenantOwned
{
    Guid TenantId { get; }
}

/// <summary>The tenant and the user that a unit of work acts for. Until it is entered, every query finds nothing and every save is refused.</summary>
public sealed class TenantScope
{
    public Guid TenantId { get; private set; }

    public string UserId { get; private set; } = "";

    /// <summary>The users whose records are seen besides those that nobody owns; null where all records are.</summary>
    public IReadOnlyList<string>? Sight { get; private set; }

    /// <summary>By what the user is known; null for work of our own.</summary>
    public string? Credential { get; set; }

    /// <summary>The network address that the work was asked from; null for work of our own.</summary>
    public string? Address { get; set; }

    /// <summary>Enters the tenant, with all of its records in sight.</summary>
    public void Enter(Guid tenantId, string userId)
    {
        if (TenantId != Guid.Empty && TenantId != tenantId) throw new InvalidOperationException("A unit of work acts for one tenant.");
        (TenantId, UserId, Sight) = (tenantId, userId, null);
    }

    /// <summary>Narrows the sight to what some users own, and what nobody does.</summary>
    /// <param name="users">The users; the one who acts is among them.</param>
    public void Narrow(IReadOnlyList<string> users) => Sight = users;
}

/// <summary>For which tenant, by whom and when something is written.</summary>
public readonly record struct Stamp(Guid TenantId, string By, DateTimeOffset At)
{
    public string? Credential { get; init; }

    public string? Address { get; init; }
}

/// <summary>A save was about to write a row of another tenant. It never happens in correct code.</summary>
public sealed class ForeignRowException(string entity) : InvalidOperationException($"A {entity} of another tenant was about to be saved.");
