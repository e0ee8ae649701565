using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Database;
using Crm.Database.Idempotency;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Idempotency;

/// <summary>
/// Sees that a request made twice under one key happens once. The claim is committed first; the answer is committed with what the
/// request writes, so that a crash between the two leaves either both or a claim that runs out.
/// </summary>
public sealed class IdempotencyService(CrmDbContext db, Caller caller, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    private static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(60);

    /// <summary>Of a request in steps, which does no harm when it is taken over too early: it goes on from what is stored.</summary>
    private static readonly TimeSpan ClaimTimeInSteps = TimeSpan.FromSeconds(20);

    private const int PurgedAtOnce = 100;

    /// <summary>The key of the request that is running, as it is kept, and the claim on it; null for a request without one, and for one that is a single transaction.</summary>
    internal (string KeyHash, Guid Claim)? Running { get; private set; }

    /// <summary>Runs a request under a key, or gives the answer that it had.</summary>
    /// <param name="key">The key, the request it is for, and the request's body.</param>
    /// <param name="run">The request; its answer is kept unless it says not to.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="CrmException">409 while the request is running; 422 where the key was used with another body.</exception>
    public async Task<Answer> OnceAsync(RequestKey key, Func<Task<Answer>> run, CancellationToken ct)
    {
        var hash = key.Hash(caller.UserId);
        var claim = Guid.CreateVersion7();
        if (await ClaimAsync(hash, key.BodyHash, claim, ClaimTime, ct) is { } stored) return stored;

        try
        {
            return await db.InTransactionAsync(() => RunAsync(hash, claim, run, ct), ct, savepoints: true);
        }
        catch
        {
            await ReleaseAsync(hash, claim);
            throw;
        }
    }

    /// <summary>
    /// Runs a request that commits in steps of its own, or gives the answer that it had. The step that decides may keep the answer by <see cref="Running"/>;
    /// else it is kept at the end. A crash before that leaves a claim that runs out, and then the request goes on.
    /// </summary>
    /// <inheritdoc cref="OnceAsync"/>
    public async Task<Answer> OnceInStepsAsync(RequestKey key, Func<Task<Answer>> run, CancellationToken ct)
    {
        var hash = key.Hash(caller.UserId);
        var claim = Guid.CreateVersion7();
        if (await ClaimAsync(hash, key.BodyHash, claim, ClaimTimeInSteps, ct) is { } stored) return stored;
        Running = (hash, claim);
        try
        {
            var answer = await run();
            if (answer.IsKept) return await db.InTransactionAsync(() => KeepAsync(hash, claim, answer, ct), ct);
            await ReleaseAsync(hash, claim);
            return answer;
        }
        catch
        {
            await ReleaseAsync(hash, claim);
            throw;
        }
    }

    private async Task<Answer> RunAsync(string hash, Guid claim, Func<Task<Answer>> run, CancellationToken ct)
    {
        var answer = await run();
        return answer.IsKept ? await KeepAsync(hash, claim, answer, ct) : throw new UnkeptAnswerException(answer);
    }

    private async Task<Answer> KeepAsync(string hash, Guid claim, Answer answer, CancellationToken ct)
    {
        db.Forget();
        var row = await db.IdempotencyKeys.SingleOrDefaultAsync(k => k.KeyHash == hash && k.ClaimedBy == claim, ct) ?? throw StillRunning();
        if (row.Status is { } status) return new Answer(status, row.Headers!, row.Body!, IsKept: true);
        (row.Status, row.Headers, row.Body) = (answer.Status, answer.Headers, answer.Body);
        await db.SaveChangesAsync(ct);
        return answer;
    }

    /// <summary>Keeps the answer of a request with the step that decides it, in that step's transaction; nothing where it has been answered, or the claim has run out.</summary>
    internal static Task KeepAsync(CrmDbContext db, string keyHash, Guid claim, Answer answer, CancellationToken ct) =>
        db.IdempotencyKeys.Where(k => k.KeyHash == keyHash && k.ClaimedBy == claim && k.Status == null)
            .ExecuteUpdateAsync(row => row.SetProperty(k => k.Status, answer.Status).SetProperty(k => k.Headers, answer.Headers).SetProperty(k => k.Body, answer.Body), ct);

    /// <summary>Takes the key, or gives the stored answer.</summary>
    private async Task<Answer?> ClaimAsync(string hash, string bodyHash, Guid claim, TimeSpan length, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var row = await db.IdempotencyKeys.SingleOrDefaultAsync(k => k.KeyHash == hash, ct);
        if (row is not null && row.CreatedAt > now - Kept)
        {
            if (row.BodyHash != bodyHash) throw KeyReused();
            if (row.Status is { } status) return new Answer(status, row.Headers!, row.Body!, IsKept: true);
            if (row.ClaimedUntil > now) throw StillRunning();
        }

        if (row is null)
        {
            await PurgeAsync(now, ct);
            row = new IdempotencyKey { TenantId = caller.TenantId, KeyHash = hash };
            db.Add(row);
        }

        (row.BodyHash, row.ClaimedBy, row.ClaimedUntil, row.CreatedAt) = (bodyHash, claim, now + length, now);
        (row.Status, row.Headers, row.Body) = (null, null, null);
        try
        {
            await db.SaveChangesAsync(ct);
            return null;
        }
        catch (DbUpdateException e) when (Failures.IsConflict(e))
        {
            throw StillRunning();
        }
        finally
        {
            db.Forget();
        }
    }

    private async Task ReleaseAsync(string hash, Guid claim)
    {
        db.Forget();
        try
        {
            // In this process's turn to write: waiting for SQLite's lock instead would hold a thread that its owner may need.
            await db.InTransactionAsync(
                () => db.IdempotencyKeys.Where(k => k.KeyHash == hash && k.ClaimedBy == claim && k.Status == null).ExecuteDeleteAsync(CancellationToken.None), CancellationToken.None);
        }
        catch (Exception e) when (Failures.Translate(e) is { Kind: FailureKind.Unavailable })
        {
            // Why the request failed matters more; the claim runs out by itself.
        }
    }

    private async Task PurgeAsync(DateTimeOffset now, CancellationToken ct)
    {
        var before = now - Kept;
        var old = await db.IdempotencyKeys.Where(k => k.CreatedAt < before).OrderBy(k => k.CreatedAt).Take(PurgedAtOnce).Select(k => k.KeyHash).ToListAsync(ct);
        if (old.Count == 0) return;

        // Apart from the claim: another request may be purging the same keys, which mustn't look like a claim on this one.
        await db.InTransactionAsync(() => db.IdempotencyKeys.Where(k => old.Contains(k.KeyHash) && k.CreatedAt < before).ExecuteDeleteAsync(ct), ct);
    }

    private static CrmException StillRunning() =>
        new(FailureKind.Conflict, FailureCodes.RequestInProgress, "A request with this Idempotency-Key is still running. Ask again in a moment for its answer.");

    private static CrmException KeyReused() =>
        new(FailureKind.Unprocessable, FailureCodes.KeyReused, "This Idempotency-Key was used with another body. Use a new key for a new request.");
}

/// <summary>A key as one user gave it for one method and path, and the hash of the body that came with it.</summary>
public sealed record RequestKey(string Method, string Path, string Key, string BodyHash)
{
    internal string Hash(string userId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', userId.Length, userId, Method, Path, Key))));
}

/// <summary>An answer as it went out.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers that are part of it, as JSON.</param>
/// <param name="Body">The body, byte for byte.</param>
/// <param name="IsKept">Whether the same request gets it again; if not, the key is free again and nothing was changed.</param>
public sealed record Answer(int Status, string Headers, byte[] Body, bool IsKept)
{
    /// <summary>The ETag of what has no version of its own: weak, and made of the bytes.</summary>
    public static string TagOf(ReadOnlySpan<byte> body) => $"W/\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"";

    /// <summary>200 with a value that has no version of its own, as a route answers it.</summary>
    internal static Answer Ok<T>(T value)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, CrmJson.Options);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Content-Type"] = "application/json; charset=utf-8",
            ["ETag"] = TagOf(body),
            ["Cache-Control"] = "private, no-cache",
        };
        return new Answer(200, JsonSerializer.Serialize(headers), body, IsKept: true);
    }
}

/// <summary>Ends the transaction of a request whose answer isn't kept.</summary>
public sealed class UnkeptAnswerException(Answer answer) : Exception
{
    public Answer Answer { get; } = answer;
}
