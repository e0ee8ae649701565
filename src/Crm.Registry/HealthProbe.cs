namespace Crm.Registry;

/// <summary>Asks the registry that runs on this machine whether it lives; for a container's health check, whose image has no shell.</summary>
internal static class HealthProbe
{
    public static async Task<int> AskAsync()
    {
        var listening = Environment.GetEnvironmentVariable("ASPNETCORE_URLS") is { Length: > 0 } urls ? BindingAddress.Parse(urls.Split(';')[0]) : BindingAddress.Parse(RegistryApp.DefaultUrl);
        var host = listening.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : listening.Host;
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{listening.Scheme}://{host}:{listening.Port}/health/live"));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"The registry doesn't answer: {e.GetBaseException().Message}");
            return 1;
        }
    }
}
