namespace Crm.Api.Hosting;

/// <summary>How much of a request is listened to, and how long a stop may take.</summary>
internal static class Limits
{
    public const long MaxBodyBytes = 1024 * 1024;

    /// <summary>Well within the half minute that a stop may take in all.</summary>
    public static readonly TimeSpan ForStopping = TimeSpan.FromSeconds(20);

    public static void AddLimits(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ForStopping);
    }
}
