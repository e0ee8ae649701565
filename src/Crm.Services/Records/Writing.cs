using System.Security.Cryptography;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Records;

/// <summary>Load, ask the entity, save once; and again where somebody else was quicker and the caller doesn't mind.</summary>
internal static class Writing
{
    private const int MaxTries = 20;

    /// <param name="db">Where it is saved.</param>
    /// <param name="rows">What to load the record from, with what the change needs.</param>
    /// <param name="id">Which record.</param>
    /// <param name="noun">What it is called.</param>
    /// <param name="ifMatch">The version that the caller has seen; null to change whatever is there.</param>
    /// <param name="change">What to do to it; run anew on every try.</param>
    /// <param name="ct">Stops it before it is saved.</param>
    /// <exception cref="CrmException">404 for no such record; 412 for another version; 409 where others were quicker too often.</exception>
    public static Task<T> ChangeAsync<T>(
        this CrmDbContext db, IQueryable<T> rows, Guid id, string noun, int? ifMatch, Func<T, Task> change, CancellationToken ct) where T : Record =>
        db.UnlessOutrunAsync(
            () => db.InTransactionAsync(
                async () =>
                {
                    var record = await rows.SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw CrmException.NotFound(noun, id);
                    if (ifMatch is { } version && !record.IsStill(version)) throw CrmException.Stale(noun, id);
                    await change(record);
                    await db.SaveChangesAsync(ct);
                    return record;
                },
                ct),
            () => null, // where it isn't what the caller has read any more, the next try says so
            () => CrmException.Contended(noun, id),
            ct);

    /// <summary>Does something, and does it again where somebody else was quicker.</summary>
    /// <param name="db">Where it is done; each try begins with nothing tracked.</param>
    /// <param name="work">What to do, with its save.</param>
    /// <param name="refusal">Why not to try again; null to do so.</param>
    /// <param name="givingUp">What to say where others were quicker too often.</param>
    /// <param name="ct">Stops it before it is saved.</param>
    public static async Task<T> UnlessOutrunAsync<T>(
        this CrmDbContext db, Func<Task<T>> work, Func<CrmException?> refusal, Func<CrmException> givingUp, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            db.Forget();
            try
            {
                return await work();
            }
            catch (Exception e) when (Failures.IsConflict(e))
            {
                if (refusal() is { } failure) throw failure;
                if (attempt == MaxTries) throw givingUp();
                await Task.Delay(RandomNumberGenerator.GetInt32(1, 10 * attempt), ct);
            }
        }
    }
}
