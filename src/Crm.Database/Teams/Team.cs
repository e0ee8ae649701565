using System.Linq.Expressions;
using Crm.Contracts.Teams;
using Crm.Database.Tenancy;
using Crm.Database.Text;

namespace Crm.Database.Teams;

/// <summary>Members who see each other's records where the tenant's visibility is TEAM.</summary>
public sealed class Team : ITenantOwned
{
    private Team()
    {
    }

    public Team(TeamFields fields, Stamp stamp)
    {
        (TenantId, Id) = (stamp.TenantId, Guid.CreateVersion7(stamp.At));
        (CreatedAt, UpdatedAt, Version) = (stamp.At, stamp.At, 1);
        Write(fields);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>The name in lower case, of which the tenant has one.</summary>
    public string NameKey { get; private set; } = "";

    public string SearchText { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    public List<TeamMember> Members { get; private set; } = [];

    /// <summary>What a caller could have written to make the team what it is.</summary>
    public TeamFields Fields() => new() { Name = Name, MemberIds = TeamViews.IdsOf(this) };

    public void Change(TeamFields fields, DateTimeOffset at)
    {
        if (fields.Name == Name && fields.MemberIds.ToHashSet(StringComparer.Ordinal).SetEquals(Members.Select(member => member.UserId))) return;
        Write(fields);
        (UpdatedAt, Version) = (at, Version + 1);
    }

    /// <summary>The key by which two names are the same.</summary>
    public static string KeyOf(string name) => name.ToLowerInvariant();

    private void Write(TeamFields fields)
    {
        (Name, NameKey, SearchText) = (fields.Name, KeyOf(fields.Name), Folding.Document(fields.Name));
        var ids = fields.MemberIds.ToHashSet(StringComparer.Ordinal);
        Members.RemoveAll(member => !ids.Contains(member.UserId));
        ids.ExceptWith(Members.Select(member => member.UserId));
        Members.AddRange(ids.Select(id => new TeamMember(this, id)));
    }
}

/// <summary>That a user is in a team.</summary>
public sealed class TeamMember : ITenantOwned
{
    private TeamMember()
    {
    }

    internal TeamMember(Team team, string userId) => (TenantId, TeamId, UserId) = (team.TenantId, team.Id, userId);

    public Guid TenantId { get; private set; }
    public Guid TeamId { get; private set; }
    public string UserId { get; private set; } = "";
}

public static class TeamViews
{
    public static readonly Expression<Func<Team, TeamView>> Projection = team => new TeamView
    {
        Id = team.Id,
        Name = team.Name,
        MemberIds = team.Members.OrderBy(member => member.UserId).Select(member => member.UserId).ToList(),
        CreatedAt = team.CreatedAt,
        UpdatedAt = team.UpdatedAt,
        Version = team.Version,
    };

    /// <summary>The view of a team whose members are loaded.</summary>
    public static TeamView Of(Team team) => new()
    {
        Id = team.Id,
        Name = team.Name,
        MemberIds = IdsOf(team),
        CreatedAt = team.CreatedAt,
        UpdatedAt = team.UpdatedAt,
        Version = team.Version,
    };

    internal static List<string> IdsOf(Team team) => [.. team.Members.Select(member => member.UserId).Order(StringComparer.Ordinal)];
}
