using Crm.Contracts.Conversion;
using Crm.Database;
using Crm.Services.Conversion;
using Crm.Services.Pipelines;

namespace Crm.Services.Demo;

/// <summary>Makes customers of leads as the embedded registry does, but within the one transaction that fills the tenant.</summary>
internal sealed class DemoConversions(CrmDbContext db, ConversionService conversions, PipelineService pipelines, TimeProvider clock)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Converts a lead; one that is a customer already stays as it is.</summary>
    public async Task ConvertAsync(Guid leadId, CancellationToken ct)
    {
        var begun = await conversions.BeginAsync(leadId, new ConvertLead(), ct);
        if (begun.State != ConversionState.Pending) return;
        var attempt = (await db.TakeAsync(begun.ConversionId, Lease, evenIfWaiting: false, ct))!;
        var customerId = await EmbeddedRegistry.AddAsync(db, RegistryRequest.Of(attempt), clock.GetUtcNow(), ct);
        var held = (await db.HeldAsync(attempt.Id, attempt.Lease!.Value, ct))!;
        await Completion.CompleteAsync(db, pipelines, held, $"{customerId}", ct);
    }
}
