using Crm.Database;
using Crm.Database.Conversion;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Conversion;

/// <summary>Who works on a conversion: taken, renewed and let go by the database's clock, so that the clocks of machines don't matter.</summary>
internal static class ConversionLeases
{
    /// <summary>Takes what is due, or what a caller wants to be gone on with at once; null where another has it, or it has ended.</summary>
    /// <param name="db">Where.</param>
    /// <param name="id">Which.</param>
    /// <param name="length">For how long nobody else may take it.</param>
    /// <param name="evenIfWaiting">Also one that nobody works on, but that isn't due yet.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<LeadConversion?> TakeAsync(this CrmDbContext db, Guid id, TimeSpan length, bool evenIfWaiting, CancellationToken ct)
    {
        var lease = Guid.CreateVersion7();
        return await db.InTransactionAsync(
            async () => await db.LeaseAsync(id, lease, length, evenIfWaiting, ct) == 0 ? null : await db.Conversions.AsNoTracking().SingleAsync(c => c.Id == id, ct),
            ct);
    }

    /// <summary>Locks what a lease still holds, to write it; null where the lease has gone to another.</summary>
    public static Task<LeadConversion?> HeldAsync(this CrmDbContext db, Guid id, Guid lease, CancellationToken ct) =>
        db.Conversions.ForUpdate().SingleOrDefaultAsync(c => c.Id == id && c.Lease == lease && c.State == Contracts.Conversion.ConversionState.Pending, ct);
}
