namespace Crm.Contracts.Failures;

/// <summary>What kind of failure it is; each kind has one HTTP status.</summary>
public enum FailureKind
{
    Invalid = 400,
    Unauthenticated = 401,
    Forbidden = 403,
    NotFound = 404,
    Conflict = 409,
    PreconditionFailed = 412,
    TooLarge = 413,
    UnsupportedMediaType = 415,
    Unprocessable = 422,
    TooManyRequests = 429,
    Unavailable = 503,
}

/// <summary>The one vocabulary of failure. The message tells the reader what was wrong, where, and what to do.</summary>
public sealed class CrmException(FailureKind kind, string code, string message) : Exception(message)
{
    /// <summary>What is said while the database is away.</summary>
    public const string DatabaseUnavailable = "The database can't be reached right now, and whether the request took effect isn't known. Try again in a moment; with an Idempotency-Key or If-Match that is safe.";

    public FailureKind Kind { get; } = kind;

    /// <summary>Stable, for programs: the last part of the problem's <c>type</c>.</summary>
    public string Code { get; } = code;

    /// <summary>Faults of the input by JSON pointer, or by the name of a query parameter.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>When it is worth trying again, where that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Members that this failure adds to the problem, such as the deals that stand in the way.</summary>
    public IReadOnlyDictionary<string, object> Extensions { get; init; } = new Dictionary<string, object>(StringComparer.Ordinal);

    public static CrmException NotFound(string noun, object id) =>
        new(FailureKind.NotFound, FailureCodes.NotFound, $"There is no {noun} {id} here.");

    public static CrmException Invalid(string pointer, string fault) =>
        Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { [pointer] = [fault] });

    public static CrmException Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new(FailureKind.Invalid, FailureCodes.Validation, errors.Count == 1
            ? $"{(errors.First().Key.Length == 0 ? "The body" : errors.First().Key)} {errors.First().Value[0]}. Nothing was changed."
            : $"{errors.Count} values are at fault; see errors. Nothing was changed.")
        { Errors = errors };

    public static CrmException UnknownReference(string pointer, string noun, object id, string hint = "") =>
        new(FailureKind.Unprocessable, FailureCodes.UnknownReference, $"There is no {noun} {id} that {pointer} could refer to.{hint}")
        { Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [pointer] = [$"refers to a {noun} that doesn't exist"] } };

    public static CrmException InvalidTransition(string message) => new(FailureKind.Conflict, FailureCodes.InvalidTransition, message);

    public static CrmException Stale(string noun, Guid id) =>
        new(FailureKind.PreconditionFailed, FailureCodes.Stale, $"The {noun} {id} was changed since you read it. Read it again, look at the difference and send the change with its new ETag.");

    public static CrmException Contended(string noun, object id) =>
        new(FailureKind.Conflict, FailureCodes.Contended, $"The {noun} {id} is being changed by too many requests at once. Nothing was changed; try again.");
}
