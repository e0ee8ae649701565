namespace Crm.Api.Hosting;

/// <summary>How much of a request is listened to, and how long a stop may take.</summary>
internal static class Limits
{
    public const long MaxBodyBytes = 1024 * 1024;

    public static void AddLimits(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
    }
}
