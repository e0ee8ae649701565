using Crm.Database.Conversion;

namespace Crm.Services.Conversion;

/// <summary>Where customers are kept: a service of its own, or the one that this service brings along.</summary>
public interface IRegistry
{
    /// <summary>Whether it is known to be away, so that it isn't worth asking now.</summary>
    bool IsAway { get; }

    /// <summary>Whether it answers at all.</summary>
    Task<bool> AnswersAsync(CancellationToken ct);

    /// <summary>The customer with the request's reference, if there is one.</summary>
    Task<RegistryAnswer> FindAsync(RegistryRequest request, CancellationToken ct);

    /// <summary>Makes a customer, once for each key.</summary>
    Task<RegistryAnswer> RegisterAsync(RegistryRequest request, CancellationToken ct);
}

/// <summary>What a registry is asked.</summary>
/// <param name="TenantId">For whom.</param>
/// <param name="Key">The key under which it happens once.</param>
/// <param name="Reference">What the lead is known by.</param>
/// <param name="Body">The customer, as JSON.</param>
public sealed record RegistryRequest(Guid TenantId, string Key, string Reference, string Body)
{
    internal static RegistryRequest Of(LeadConversion attempt) => new(attempt.TenantId, $"{attempt.Id}", CustomerBody.ReferenceOf(attempt.LeadId), attempt.Request);
}

/// <summary>What a registry answered.</summary>
public abstract record RegistryAnswer
{
    /// <summary>There is a customer, made now or before.</summary>
    public sealed record Customer(string Id) : RegistryAnswer;

    /// <summary>Nobody has the reference.</summary>
    public sealed record Nobody : RegistryAnswer;

    /// <summary>It can't be searched: whether somebody has the reference can't be told, and asking under the same key has to do.</summary>
    public sealed record Unsearchable : RegistryAnswer;

    /// <summary>It won't make this customer, however often it is asked.</summary>
    /// <param name="Reason">Why not.</param>
    /// <param name="IsOfCustomer">Whether it looked at the customer, so that it has made none; not where whoever asks, or where, was refused.</param>
    public sealed record Rejected(string Reason, bool IsOfCustomer = true) : RegistryAnswer;

    /// <summary>It can't tell now, or didn't get to it. Whether a customer was made isn't known.</summary>
    public sealed record Later(string Problem, TimeSpan? After = null) : RegistryAnswer;

    /// <summary>It answered what no registry should; somebody must look at it.</summary>
    public sealed record Nonsense(string Problem) : RegistryAnswer;
}
