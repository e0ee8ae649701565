using Crm.Database.Tenancy;

namespace Crm.Database.Records;

/// <summary>What something was from one of its versions on, until the next. Its instants are stored as microseconds since 1970, with which both databases compute alike.</summary>
public interface ISnapshot : ITenantOwned
{
    DateTimeOffset At { get; }

    /// <summary>When the next one began, which the database notes as that is written; until then later than all instants.</summary>
    DateTimeOffset Until { get; }
}
