using Crm.Contracts.Conversion;
using Crm.Contracts.Failures;

namespace Crm.Services.Conversion;

public sealed partial class ConversionService
{
    /// <summary>Ends a pending conversion, so that the lead can be changed again; only while it is sure that no customer exists.</summary>
    /// <exception cref="CrmException">404; 409 for one that has ended, is being worked on, or of which there is a customer; 503 where the registry can't tell.</exception>
    public async Task<ConversionView> CancelAsync(Guid id, CancellationToken ct)
    {
        var conversion = await GetAsync(id, ct);
        if (conversion.State != ConversionState.Pending) throw Ended(conversion);
        await runner.CancelAsync(id, db.Stamp(), ct);
        db.Forget();
        return await GetAsync(id, ct);
    }
}
