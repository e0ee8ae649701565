using System.Linq.Expressions;
using Crm.Contracts.Members;
using Crm.Database.Tenancy;
using Crm.Database.Text;

namespace Crm.Database.Members;

/// <summary>A user of a tenant.</summary>
public sealed class Member : ITenantOwned
{
    private Member()
    {
    }

    public Member(string? name, string? email, Stamp stamp)
    {
        (TenantId, UserId, Role, Active) = (stamp.TenantId, stamp.By, Role.Rep, true);
        (CreatedAt, Version) = (stamp.At, 1);
        Introduce(name, email);
        UpdatedAt = stamp.At;
    }

    public Guid TenantId { get; private set; }
    public string UserId { get; private set; } = "";
    public string? Name { get; private set; }
    public string? Email { get; private set; }
    public Role Role { get; private set; }

    /// <summary>Whether the user may act here; who may not can't be given anything either.</summary>
    public bool Active { get; private set; }

    public string NameKey { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    public void Change(Role role, bool active, DateTimeOffset at)
    {
        if (Role == role && Active == active) return;
        (Role, Active, UpdatedAt, Version) = (role, active, at, Version + 1);
    }

    /// <summary>Takes over what a token tells of the user; false where it tells nothing new.</summary>
    public bool Meet(string? name, string? email, DateTimeOffset at)
    {
        if ((name is null || name == Name) && (email is null || email == Email)) return false;
        Introduce(name ?? Name, email ?? Email);
        (UpdatedAt, Version) = (at, Version + 1);
        return true;
    }

    private void Introduce(string? name, string? email)
    {
        (Name, Email) = (name, email);
        NameKey = Folding.Key(name ?? email ?? UserId);
    }
}

public static class MemberViews
{
    public static readonly Expression<Func<Member, MemberView>> Projection = member => new MemberView
    {
        Id = member.UserId,
        Name = member.Name,
        Email = member.Email,
        Role = member.Role,
        Active = member.Active,
        CreatedAt = member.CreatedAt,
        UpdatedAt = member.UpdatedAt,
        Version = member.Version,
    };

    public static readonly Func<Member, MemberView> Of = Projection.Compile();
}
