using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Crm.Api.Http;

/// <summary>Tells the OpenAPI document what a query is.</summary>
internal sealed record QueryMetadata(Type Type);

/// <summary>The query parameters as a contract. One that the contract doesn't have is a fault, never ignored.</summary>
public sealed record QueryOf<T>(T Value) : IEndpointParameterMetadataProvider where T : class
{
    public static ValueTask<QueryOf<T>> BindAsync(HttpContext context)
    {
        var members = Members<T>.ByName;
        var values = Activator.CreateInstance<T>();
        var faults = new Faults();
        foreach (var (name, texts) in context.Request.Query)
        {
            if (!members.TryGetValue(name, out var member)) faults.Add(name, $"is no parameter of this; there are {string.Join(", ", members.Keys.Order(StringComparer.Ordinal))}");
            else QueryReader.Read(member, texts, values, faults, name);
        }

        foreach (var member in members.Values)
        {
            if (context.Request.Query.ContainsKey(member.Name) && !faults.Has(member.Name)) member.Validate(values, faults, member.Name);
        }

        faults.Throw();
        return new(new QueryOf<T>(values));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new QueryMetadata(typeof(T)));
}
