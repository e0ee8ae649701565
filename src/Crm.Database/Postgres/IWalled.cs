using System.Data.Common;

namespace Crm.Database.Postgres;

/// <summary>A context whose commands stand behind the wall.</summary>
internal interface IWalled
{
    /// <summary>Whether this is the owner, at work on the schema or asking who the tenants are, before whom there is no wall.</summary>
    bool AsOwner { get; }

    /// <summary>For whom it works; empty for nobody, who sees no tenant's rows.</summary>
    Guid TenantId { get; }

    /// <summary>The transaction that stands behind the wall already, and for which tenant.</summary>
    (DbTransaction Transaction, Guid TenantId)? Walled { get; set; }
}
