using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Crm.Tests.Kit;

/// <summary>Runs a theory for each collection of records, on each database.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachCollectionAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<Database>().SelectMany(database => Records.Collections.Select(collection => new TheoryDataRow(database, collection)))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>What tests of all kinds of records need to know of each.</summary>
public static class Records
{
    public static readonly string[] Collections = ["leads", "deals", "tasks", "activities"];

    /// <summary>The required text of a record.</summary>
    public static string Title(string collection) => collection switch
    {
        "leads" => "lastName",
        "deals" => "name",
        "tasks" => "title",
        _ => "subject",
    };

    /// <summary>A text that may be missing.</summary>
    public static string Text(string collection) => collection == "activities" ? "body" : "description";

    public static string Noun(string collection) => collection == "activities" ? "activity" : collection[..^1];

    /// <summary>The type of the event that a record begins with.</summary>
    public static string FirstEvent(string collection) => collection == "activities" ? "activity.logged" : $"{Noun(collection)}.created";

    /// <summary>The body of a record with the least that it takes, and more.</summary>
    public static async Task<Dictionary<string, object?>> BodyAsync(this Client client, string collection, string title, params (string Name, object? Value)[] more)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { [Title(collection)] = title };
        if (collection == "activities") (body["type"], body["taskId"]) = ("CALL", await client.MakeAsync("tasks", new { title = "Its task" }));
        foreach (var (name, value) in more) body[name] = value;
        return body;
    }

    /// <summary>Makes a record with the least that it takes, and more, and returns its path.</summary>
    public static async Task<(string Path, Guid Id)> MakeOneAsync(this Client client, string collection, string title = "First", params (string Name, object? Value)[] more)
    {
        var id = await client.MakeAsync(collection, await client.BodyAsync(collection, title, more));
        return ($"/api/{collection}/{id}", id);
    }
}
