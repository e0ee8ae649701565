using System.Globalization;
using Crm.Events;

// Crm.Events broker NAME URL KEY AMQP [WRITES]        from a write to the broker: one writer, then eight
// Crm.Events listeners NAME URL KEY PROCESS [COUNT]   many who watch one tenant's stream, and the service's memory
// Crm.Events log CONNECTION [WRITES]                  what the event adds to the SQL of a write, on PostgreSQL
// Crm.Events writes NAME URL KEY CONNECTION [WRITES]  what the log costs those who write over HTTP
// Each prints rows of a Markdown table.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["broker", var name, var url, var key, var amqp, .. var rest]:
        await BrokerRun.RunAsync(name, new Uri(url), key, new Uri(amqp), Number(rest, 4000));
        break;
    case ["listeners", var name, var url, var key, var process, .. var rest]:
        await ListenerRun.RunAsync(name, new Uri(url), key, int.Parse(process, CultureInfo.InvariantCulture), Number(rest, 1000));
        break;
    case ["log", var connection, .. var rest]:
        await LogRun.RunAsync(connection, Number(rest, 4000));
        break;
    case ["writes", var name, var url, var key, var connection, .. var rest]:
        await WriteRun.RunAsync(name, new Uri(url), key, connection, Number(rest, 4000));
        break;
    default:
        Console.Error.WriteLine("Crm.Events takes broker, listeners, log or writes; see the head of Program.cs.");
        return 2;
}

return 0;

static int Number(string[] rest, int byDefault) => rest.Length == 0 ? byDefault : int.Parse(rest[0], CultureInfo.InvariantCulture);
