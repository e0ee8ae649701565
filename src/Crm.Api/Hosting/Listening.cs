using System.Net.Sockets;

namespace Crm.Api.Hosting;

/// <summary>Where the service listens.</summary>
internal static class Listening
{
    public const string Setting = "ASPNETCORE_URLS";
    private const string Default = "http://127.0.0.1:5080";
    private const string Cure = "Choose another with --urls, such as http://127.0.0.1:5081; several with ; between them.";
    private static readonly string[] Elsewhere = ["http_ports", "https_ports", "Kestrel:Endpoints"];
    private static readonly string[] Everywhere = ["+", "*", "0.0.0.0", "[::]"];

    /// <exception cref="SettingException">An address is none.</exception>
    public static void AddAddresses(this WebApplicationBuilder builder)
    {
        var urls = builder.Configuration["urls"];
        if (!string.IsNullOrWhiteSpace(urls))
        {
            _ = Parse(urls);
        }
        else if (!Array.Exists(Elsewhere, key => builder.Configuration.GetSection(key) is var section && (!string.IsNullOrEmpty(section.Value) || section.GetChildren().Any())))
        {
            builder.WebHost.UseUrls(Default);
        }
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="app">What starts.</param>
    /// <param name="failing">Called where it can't, before what had begun is stopped.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="SettingException">An address can't be listened on.</exception>
    public static async Task ListenAsync(this WebApplication app, Action failing, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e)
        {
            failing();
            // The work that had begun ends before what it works with is taken from it; what of it can't end hides nothing of why the start failed.
            await app.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!IsAddress(e)) throw;
            throw new SettingException(Setting, $"names {app.Configuration["urls"] ?? Default}, which can't be listened on: {e.Message.Split('\n')[0].TrimEnd('.', '\r')}. {Cure}");
        }
    }

    /// <summary>The address as a program on this machine reaches it.</summary>
    /// <exception cref="SettingException">It is none.</exception>
    public static Uri FromHere(string? urls)
    {
        var address = Parse(string.IsNullOrWhiteSpace(urls) ? Default : urls)[0];
        return new Uri($"{address.Scheme}://{(Everywhere.Contains(address.Host, StringComparer.Ordinal) ? "127.0.0.1" : address.Host)}:{address.Port}");
    }

    private static bool IsAddress(Exception e) =>
        e is IOException or SocketException || (e is InvalidOperationException && e.Message.Contains("HTTPS", StringComparison.Ordinal));

    private static List<BindingAddress> Parse(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url =>
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme is "http" or "https" && address.Port is >= 0 and <= 65535) return address;
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new SettingException(Setting, $"names \"{url}\", which is no address to listen on. {Cure}");
    }).ToList();
}
