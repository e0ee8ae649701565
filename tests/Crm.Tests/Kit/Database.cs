using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Crm.Tests;

/// <summary>The databases that the service runs on; every test of data runs on both.</summary>
public enum Database { Sqlite, Postgres }

/// <summary>Runs a theory once for each database, followed by the arguments given.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EachDatabaseAttribute(params object?[] arguments) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<Database>().Select(database => new TheoryDataRow([database, .. arguments]))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
