using System.Data.Common;
using System.Globalization;
using System.Text;
using Crm.Messaging.Caching;
using Crm.Messaging.Events;
using Crm.Services.Conversion;
using Crm.Services.Notifications;
using Crm.Services.Operations;
using Crm.Services.Webhooks;

namespace Crm.Api.Hosting;

/// <summary>A setting that the service can't start with. The message names the setting, the fault and the cure, in one line.</summary>
public sealed class SettingException(string setting, string fault) : Exception($"{setting} {fault}");

/// <summary>What is set from outside, read and checked once.</summary>
public sealed partial class CrmSettings
{
    private const int FewestKeyBytes = 32;

    public required string ConnectionString { get; init; }

    /// <summary>What PostgreSQL is told of each transaction; SQLite has no use for it.</summary>
    public required DatabaseLimits Limits { get; init; }

    /// <summary>The key for HS256; null where an authority issues the tokens, or none are asked for.</summary>
    public required byte[]? SigningKey { get; init; }

    public required string? Authority { get; init; }

    /// <summary>Who must have issued a token; null for whoever has the key.</summary>
    public required string? Issuer { get; init; }

    /// <summary>Whom a token must be for; null for anybody.</summary>
    public required string? Audience { get; init; }

    /// <summary>The registry that leads become customers in.</summary>
    public required RegistrySettings Registry { get; init; }

    /// <summary>How events are sent to webhooks.</summary>
    public required WebhookSettings Webhooks { get; init; }

    /// <summary>The broker that events are published to; null for none.</summary>
    public required RabbitSettings? Rabbit { get; init; }

    /// <summary>Where the processes keep reports for each other; null for each by itself.</summary>
    public required RedisSettings? Redis { get; init; }

    /// <summary>The mail server that users' mails go out by.</summary>
    public required SmtpSettings Smtp { get; init; }

    /// <summary>Where a test has the process killed; null for nowhere.</summary>
    public string? CrashAt { get; private init; }

    /// <summary>Whether this process also does the background work.</summary>
    public required bool WorkerEnabled { get; init; }

    public static CrmSettings Read(IConfiguration configuration, IHostEnvironment environment, bool withTokens = true)
    {
        var connectionString = configuration.GetConnectionString("Crm");
        if (string.IsNullOrWhiteSpace(connectionString)) connectionString = "Data Source=data/crm.db";
        var authority = AuthorityOf(configuration);
        return new CrmSettings
        {
            ConnectionString = connectionString,
            Limits = LimitsOf(configuration),
            Authority = authority,
            SigningKey = withTokens && authority is null ? KeyOf(configuration, environment) : null,
            Issuer = NullIfEmpty(configuration["Auth:Issuer"]),
            Audience = NullIfEmpty(configuration["Auth:Audience"]),
            Registry = RegistryOf(configuration),
            Webhooks = WebhooksOf(configuration),
            Rabbit = RabbitOf(configuration),
            Redis = NullIfEmpty(configuration["Redis:ConnectionString"]) is { } redis ? Checked("Redis__ConnectionString", () => RedisSettings.Parse(redis)) : null,
            Smtp = SmtpOf(configuration),
            CrashAt = CrashAtOf(configuration, environment),
            WorkerEnabled = BooleanOf(configuration, "Worker:Enabled", byDefault: true),
        };
    }

    /// <summary>Runs what fails with a <see cref="FormatException"/> where a setting is wrong, and says which setting it was.</summary>
    public void Checking(string setting, Action action) => Checked(setting, () =>
    {
        action();
        return true;
    });

    private static T Checked<T>(string setting, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw new SettingException(setting, e.Message);
        }
    }

    private static string? AuthorityOf(IConfiguration configuration)
    {
        if (NullIfEmpty(configuration["Auth:Authority"]) is not { } authority) return null;
        if (NullIfEmpty(configuration["Auth:SigningKey"]) is not null)
        {
            throw new SettingException("Auth__Authority", "is set together with Auth__SigningKey. Set only the one that issues your tokens.");
        }

        if (!Uri.TryCreate(authority, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback))
        {
            throw new SettingException("Auth__Authority", $"is \"{authority}\"; it must be the https:// address of your OpenID Connect issuer.");
        }

        return authority;
    }

    private static byte[] KeyOf(IConfiguration configuration, IHostEnvironment environment)
    {
        if (NullIfEmpty(configuration["Auth:SigningKey"]) is { } text)
        {
            var key = Encoding.UTF8.GetBytes(text);
            if (key.Length < FewestKeyBytes)
            {
                throw new SettingException("Auth__SigningKey", $"has {key.Length} bytes; HS256 needs {FewestKeyBytes} or more. Make one with: openssl rand -base64 48");
            }

            return key;
        }

        if (!environment.IsDevelopment())
        {
            throw new SettingException("Auth__SigningKey", "is not set, and neither is Auth__Authority. Set a secret of 32 bytes or more (openssl rand -base64 48), or the address of your OpenID Connect issuer.");
        }

        var folder = DataFolder(configuration);
        try
        {
            return Encoding.UTF8.GetBytes(DevelopmentKey.In(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException("ConnectionStrings__Crm", $"keeps its data in {Path.GetFullPath(folder)}, which can't be written: {e.Message.TrimEnd('.')}. Choose a folder that the service may write to.");
        }
    }

    private static string DataFolder(IConfiguration configuration)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = configuration.GetConnectionString("Crm") };
            return parts.TryGetValue("Data Source", out var file) && Path.GetDirectoryName((string)file) is { Length: > 0 } folder ? folder : "data";
        }
        catch (ArgumentException)
        {
            return "data"; // no connection string: told of where it is used
        }
    }

    private static DatabaseLimits LimitsOf(IConfiguration configuration)
    {
        var byDefault = new DatabaseLimits();
        return new DatabaseLimits
        {
            SetLocal = BooleanOf(configuration, "Database:SetLocal", byDefault.SetLocal),
            Statement = SecondsOf(configuration, "Database:StatementTimeoutSeconds", byDefault.Statement),
            Lock = SecondsOf(configuration, "Database:LockTimeoutSeconds", byDefault.Lock),
            IdleInTransaction = SecondsOf(configuration, "Database:IdleInTransactionTimeoutSeconds", byDefault.IdleInTransaction),
        };
    }

    private static TimeSpan SecondsOf(IConfiguration configuration, string key, TimeSpan byDefault)
    {
        const int most = 24 * 60 * 60;
        if (NullIfEmpty(configuration[key]) is not { } text) return byDefault;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : throw new SettingException(NameOf(key), $"is \"{text}\"; set it to whole seconds, from 1 to {most}, or to 0 for no limit.");
    }

    private static RegistrySettings RegistryOf(IConfiguration configuration)
    {
        var (text, key) = (NullIfEmpty(configuration["Registry:BaseUrl"]), NullIfEmpty(configuration["Registry:ApiKey"]));
        if (text is null) return new RegistrySettings();
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.Query.Length > 0)
        {
            throw new SettingException("Registry__BaseUrl", "isn't an address to call; set it to the http(s):// address of the registry, without /api/customers, or leave it out for the one that comes along.");
        }

        if (url.UserInfo.Length > 0) throw new SettingException("Registry__BaseUrl", "has a name or a password in it; give the registry's secret as Registry__ApiKey.");
        if (key is not null && key.Any(c => c is < '!' or > '~')) throw new SettingException("Registry__ApiKey", "has a space or a character that no header can carry; copy it again.");
        return new RegistrySettings { BaseUrl = url, ApiKey = key, Timeout = TimeoutOf(configuration, "Registry:TimeoutSeconds", TimeSpan.FromSeconds(10)) };
    }

    private static WebhookSettings WebhooksOf(IConfiguration configuration)
    {
        var byDefault = new WebhookSettings();
        return new WebhookSettings
        {
            Timeout = TimeoutOf(configuration, "Webhooks:TimeoutSeconds", byDefault.Timeout),
            AllowPrivateNetworks = BooleanOf(configuration, "Webhooks:AllowPrivateNetworks", byDefault.AllowPrivateNetworks),
        };
    }

    private static TimeSpan TimeoutOf(IConfiguration configuration, string key, TimeSpan byDefault)
    {
        const int most = 60;
        var time = SecondsOf(configuration, key, byDefault);
        return time > TimeSpan.Zero && time <= TimeSpan.FromSeconds(most) ? time : throw new SettingException(NameOf(key), $"is \"{time.TotalSeconds:0}\"; set it to whole seconds, from 1 to {most}.");
    }

    private static RabbitSettings? RabbitOf(IConfiguration configuration)
    {
        if (NullIfEmpty(configuration["RabbitMq:Uri"]) is not { } uri) return null;
        return new RabbitSettings
        {
            Uri = Checked("RabbitMq__Uri", () => RabbitSettings.ParseUri(uri)),
            Types = NullIfEmpty(configuration["RabbitMq:Types"]) is { } types ? Checked("RabbitMq__Types", () => EventTypePatterns.Parse(types)) : EventTypePatterns.All,
        };
    }

    private static string? CrashAtOf(IConfiguration configuration, IHostEnvironment environment)
    {
        if (NullIfEmpty(configuration["Testing:CrashAt"]) is not { } place) return null;
        if (!environment.IsEnvironment("Testing")) throw new SettingException("Testing__CrashAt", "kills the process, and is for tests alone. Leave it out; tests set DOTNET_ENVIRONMENT to Testing.");
        return CrashPoints.All.Contains(place, StringComparer.Ordinal) ? place : throw new SettingException("Testing__CrashAt", $"is \"{place}\"; set it to one of {string.Join(", ", CrashPoints.All)}.");
    }

    private static bool BooleanOf(IConfiguration configuration, string key, bool byDefault)
    {
        if (NullIfEmpty(configuration[key]) is not { } text) return byDefault;
        return bool.TryParse(text, out var value) ? value : throw new SettingException(NameOf(key), $"is \"{text}\"; set it to true or false.");
    }

    private static string NameOf(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
