using Crm.Contracts.Conversion;
using Crm.Services.Conversion;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;

namespace Crm.Tests.Conversion;

/// <summary>A place between the request to convert a lead and its answer at which the program is killed, and what is there by then.</summary>
/// <param name="Place">What the place is called.</param>
/// <param name="Point">Where the program kills itself; null where the registry has it killed.</param>
internal sealed record Crash(string Place, string? Point)
{
    private static readonly Crash BeforeAttempt = new("before the attempt is stored", CrashPoints.BeforeAttempt) { Left = null };
    private static readonly Crash BeforeCall = new("before the call", CrashPoints.BeforeCall);
    private static readonly Crash Answered = new("answer received but not stored", CrashPoints.Answered) { Made = 1 };
    private static readonly Crash Stored = new("stored but not answered", CrashPoints.Stored) { Left = ConversionState.Completed, Made = 1 };

    /// <summary>Every place, and some of them once more with the registry that the service brings along.</summary>
    public static readonly IReadOnlyList<Crash> All =
    [
        BeforeAttempt,
        BeforeAttempt with { Place = "before the attempt is stored; asked again by another key", IsAskedAnew = true },
        BeforeCall,
        new("call lost", null) { Prepare = (registry, program) => registry.Before = context => Task.FromResult(Lose(context, registry, program)) },
        new("timed out after the customer was made, by a registry that can't be searched", CrashPoints.Unanswered)
        {
            Made = 1,
            Prepare = (registry, _) =>
            {
                registry.Before = context => Task.FromResult(HttpMethods.IsGet(context.Request.Method) ? Results.StatusCode(StatusCodes.Status405MethodNotAllowed) : null);
                registry.AfterMaking = context => HangAsync(context, registry);
            },
        },
        new("timed out after the customer was made, by a registry that ignores keys", CrashPoints.Unanswered)
        {
            Made = 1,
            Prepare = (registry, _) => (registry.IgnoresKeys, registry.AfterMaking) = (true, context => HangAsync(context, registry)),
        },
        Answered,
        Stored,
        BeforeCall with { IsEmbedded = true },
        Answered with { IsEmbedded = true },
        Stored with { IsEmbedded = true },
    ];

    /// <summary>Whether the registry is the one that the service brings along, instead of a service.</summary>
    public bool IsEmbedded { get; private init; }

    /// <summary>What becomes of the conversion until the restart; null where there is none.</summary>
    public ConversionState? Left { get; private init; } = ConversionState.Pending;

    /// <summary>How many customers there are by then.</summary>
    public int Made { get; private init; }

    /// <summary>Whether the caller asks again by another idempotency key than the first.</summary>
    public bool IsAskedAnew { get; private init; }

    /// <summary>Has the registry misbehave the first time that it is asked for a customer.</summary>
    public Action<StubRegistry, CrmProcess> Prepare { get; private init; } = (_, _) => { };

    public override string ToString() => IsEmbedded ? $"{Place}, embedded registry" : Place;

    /// <summary>Kills the program while it waits for the first call, of which nothing comes.</summary>
    private static IResult? Lose(HttpContext context, StubRegistry registry, CrmProcess program)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || registry.Posts > 1) return null;
        program.Kill();
        return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Keeps the first call waiting until the caller gives up.</summary>
    private static async Task HangAsync(HttpContext context, StubRegistry registry)
    {
        if (registry.Posts == 1) await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
