using System.Linq.Expressions;
using Crm.Contracts.ApiKeys;
using Crm.Contracts.Members;
using Crm.Database.Tenancy;
using Crm.Database.Text;

namespace Crm.Database.ApiKeys;

/// <summary>A key with which a program acts for the tenant. Its secret isn't kept, only a hash of the whole.</summary>
public sealed class ApiKey : ITenantOwned
{
    private ApiKey()
    {
    }

    public ApiKey(ApiKeyFields fields, Guid id, string prefix, byte[] hash, Stamp stamp)
    {
        (TenantId, Id, Prefix, Hash) = (stamp.TenantId, id, prefix, hash);
        (Role, ReadOnly, ExpiresAt) = (fields.Role!.Value, fields.ReadOnly, fields.ExpiresAt);
        Resources = fields.Resources is null ? null : [.. fields.Resources.Order(StringComparer.Ordinal)];
        (CreatedAt, CreatedBy, Version) = (stamp.At, stamp.By, 1);
        Call(fields.Name);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string Name { get; private set; } = "";
    public string NameKey { get; private set; } = "";
    public string Prefix { get; private set; } = "";

    /// <summary>SHA-256 of the key: a secret of 256 random bits can't be guessed, so that no slow hash is needed.</summary>
    public byte[] Hash { get; private set; } = [];

    public Role Role { get; private set; }
    public bool ReadOnly { get; private set; }
    public List<string>? Resources { get; private set; }
    public DateTimeOffset? ExpiresAt { get; private set; }
    public DateTimeOffset? LastUsedAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public string CreatedBy { get; private set; } = "";
    public DateTimeOffset? RevokedAt { get; private set; }
    public int Version { get; private set; }

    public void Rename(string name)
    {
        if (name == Name) return;
        Call(name);
        Version++;
    }

    /// <summary>False for a key that was revoked already.</summary>
    public bool Revoke(DateTimeOffset at)
    {
        if (RevokedAt is not null) return false;
        (RevokedAt, Version) = (at, Version + 1);
        return true;
    }

    private void Call(string name) => (Name, NameKey) = (name, Folding.Key(name));
}

public static class ApiKeyViews
{
    public static readonly Expression<Func<ApiKey, ApiKeyView>> Projection = key => new ApiKeyView
    {
        Id = key.Id,
        Name = key.Name,
        Prefix = key.Prefix,
        Role = key.Role,
        ReadOnly = key.ReadOnly,
        Resources = key.Resources,
        ExpiresAt = key.ExpiresAt,
        LastUsedAt = key.LastUsedAt,
        CreatedAt = key.CreatedAt,
        CreatedBy = key.CreatedBy,
        RevokedAt = key.RevokedAt,
        Version = key.Version,
    };

    public static readonly Func<ApiKey, ApiKeyView> Of = Projection.Compile();

    public static NewApiKeyView Made(ApiKey key, string text) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Prefix = key.Prefix,
        Role = key.Role,
        ReadOnly = key.ReadOnly,
        Resources = key.Resources,
        ExpiresAt = key.ExpiresAt,
        LastUsedAt = key.LastUsedAt,
        CreatedAt = key.CreatedAt,
        CreatedBy = key.CreatedBy,
        RevokedAt = key.RevokedAt,
        Version = key.Version,
        Key = text,
    };
}
