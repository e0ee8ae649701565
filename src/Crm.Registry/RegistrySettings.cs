using Microsoft.Data.Sqlite;

namespace Crm.Registry;

/// <summary>A setting that the registry can't start with. The message names the setting, the fault and the cure, in one line.</summary>
public sealed class SettingException(string setting, string fault) : Exception($"{setting} {fault}");

/// <summary>What is set from outside, read and checked once.</summary>
internal sealed record RegistrySettings(string ConnectionString, string? ApiKey)
{
    private const string DatabaseSetting = "ConnectionStrings__Registry";
    private const string DefaultConnectionString = "Data Source=data/registry.db";

    public static RegistrySettings Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var key = configuration["Registry:ApiKey"];
        if (string.IsNullOrWhiteSpace(key) && !environment.IsDevelopment())
        {
            throw new SettingException("Registry__ApiKey", "is not set. Set a secret (openssl rand -hex 32), and the same one for the service that calls.");
        }

        return new RegistrySettings(DatabaseOf(configuration.GetConnectionString("Registry")), string.IsNullOrWhiteSpace(key) ? null : key);
    }

    private static string DatabaseOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) text = DefaultConnectionString;
        try
        {
            var parts = new SqliteConnectionStringBuilder(text) { DefaultTimeout = 5, ForeignKeys = true };
            if (Path.GetDirectoryName(parts.DataSource) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            return parts.ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException(DatabaseSetting, $"is \"{text}\", which can't be used: {e.Message.TrimEnd('.')}. Set it to an SQLite file such as {DefaultConnectionString}.");
        }
    }
}
