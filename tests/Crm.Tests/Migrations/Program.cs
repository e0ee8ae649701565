using System.Diagnostics;
using Crm.Tests.Kit;

namespace Crm.Tests.Migrations;

/// <summary>The program, run as an operator runs it: a process of its own.</summary>
internal static class Program
{
    public sealed record Outcome(int ExitCode, string Output, string Errors);

    public static async Task<Outcome> RunAsync(string connectionString, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Crm.Api.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Crm"] = connectionString;
        start.Environment["Auth__SigningKey"] = CrmHost.SigningKey;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output, await errors);
    }
}
