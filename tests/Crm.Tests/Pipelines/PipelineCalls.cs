using System.Text.Json;

namespace Crm.Tests.Pipelines;

/// <summary>Pipelines as an admin writes them.</summary>
internal static class PipelineCalls
{
    public static object Open(string key, int probability = 50, int? rottingDays = null, string? name = null, string[]? replaces = null) =>
        new { key, name = name ?? key, probability, rottingDays, replaces };

    public static object Won(string key = "SIGNED", string[]? replaces = null) => new { key, name = key, kind = "WON", replaces };

    public static object Lost(string key = "DECLINED", string[]? replaces = null) => new { key, name = key, kind = "LOST", replaces };

    public static object[] Stages(params object[] open) => [.. open, Won(), Lost()];

    /// <summary>A pipeline of its own, with the stages CONTACT 10, TRIAL 40, PILOT 60, SIGNED and DECLINED.</summary>
    public static Task<Guid> MakePipelineAsync(this Client client, string name = "Partners") =>
        client.MakeAsync("pipelines", new { name, stages = Stages(Open("CONTACT", 10), Open("TRIAL", 40, 20), Open("PILOT", 60)) });

    public static string[] Keys(this JsonElement pipeline) => [.. pipeline.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("key").GetString()!)];
}
