namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>The tenants that have mails which are due, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsToMail();

    /// <summary>The mails of the tenant that are due, the one that has waited longest first.</summary>
    public abstract IQueryable<Guid> MailsDue(int most);

    /// <summary>Takes a mail that is due. It counts as another attempt.</summary>
    /// <returns>1 where it was taken, 0 where another has it, or it isn't due or has ended.</returns>
    public abstract Task<int> LeaseMailAsync(Guid id, Guid lease, TimeSpan length, CancellationToken ct);

    /// <summary>The tenants that have notifications or mails which are too old to be kept, whoever asks; their ids and nothing else of them.</summary>
    /// <param name="endedBefore">From before when what is over, read or sent, is too old.</param>
    /// <param name="madeBefore">From before when anything is.</param>
    public abstract IQueryable<Guid> TenantsToTidy(DateTimeOffset endedBefore, DateTimeOffset madeBefore);
}
