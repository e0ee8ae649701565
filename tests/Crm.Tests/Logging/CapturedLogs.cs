using System.Collections.Concurrent;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Tests.Logging;

/// <summary>Keeps every line that a service logs, as it is written and with the values that it was made of.</summary>
internal sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> lines = new();

    public IReadOnlyList<LogLine> Lines => [.. lines];

    /// <summary>The lines that tell of requests.</summary>
    public IReadOnlyList<LogLine> Requests => [.. lines.Where(line => line.Values.ContainsKey("Route"))];

    /// <summary>A service of its own that logs here. What it logs is whole once it is disposed of.</summary>
    public async Task<CrmHost> StartHostAsync(Database database, string environment, string? connectionString = null, TimeProvider? clock = null) =>
        await CrmHost.StartAsync(database, connectionString ?? await Hosts.NewDatabaseAsync(database), builder =>
        {
            builder.Environment.EnvironmentName = environment;
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(this);
            if (clock is not null) builder.Services.AddSingleton(clock);
        });

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            lines.Enqueue(new LogLine(category, logLevel, formatter(state, exception), $"{exception}", values.ToDictionary(value => value.Key, value => $"{value.Value}", StringComparer.Ordinal)));
        }
    }
}

internal sealed record LogLine(string Category, LogLevel Level, string Message, string Exception, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Everything of it that anybody could read.</summary>
    public string Whole => string.Join('\n', [Category, Message, Exception, .. Values.Values]);
}
