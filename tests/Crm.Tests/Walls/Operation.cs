using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Tests.Walls;

/// <summary>An operation that the running service has, as its endpoint tells of itself.</summary>
internal sealed partial record Operation(string Method, string Path, Role? Role, BodyMetadata? Body, QueryMetadata? Query)
{
    public string Name => $"{Method} {Path}";

    /// <summary>The path's parameters.</summary>
    public IReadOnlyList<string> PathIds => [.. Parameter().Matches(Path).Select(match => match.Groups["name"].Value)];

    /// <summary>The members of the body, and of what is in it, that are ids, by their JSON pointers.</summary>
    public IReadOnlyList<string> BodyIds => Body is null ? [] : [.. IdsOf(Body.Type, "/")];

    /// <summary>The query parameters that are ids.</summary>
    public IReadOnlyList<string> QueryIds => Query is null ? [] : [.. IdsOf(Query.Type, "")];

    /// <summary>The collection that the path starts with, such as <c>leads</c>.</summary>
    public string Collection => Path.Split('/')[2];

    /// <summary>What stands before a parameter of the path, such as <c>reports</c>.</summary>
    public string NameBefore(string parameter) => Path.Split('/').TakeWhile(part => part != $"{{{parameter}}}").Last();

    public bool IsBelowApi => Path.StartsWith("/api/", StringComparison.Ordinal);

    public string PathWith(string id) => Parameter().Replace(Path, Uri.EscapeDataString(id));

    /// <summary>Every operation of every endpoint, below /api and elsewhere.</summary>
    public static IReadOnlyList<Operation> All(CrmHost host) =>
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>().SelectMany(endpoint => Of(endpoint)).OrderBy(operation => operation.Name, StringComparer.Ordinal),
    ];

    public static IReadOnlyList<Operation> Api(CrmHost host) => [.. All(host).Where(operation => operation.IsBelowApi)];

    private static IEnumerable<Operation> Of(RouteEndpoint endpoint)
    {
        var path = Constraint().Replace(endpoint.RoutePattern.RawText!, "}");
        if (path.Length > 1) path = path.TrimEnd('/');
        var metadata = endpoint.Metadata;
        foreach (var method in metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"])
        {
            yield return new Operation(method, path, metadata.GetMetadata<RequiredRole>()?.Role, metadata.GetMetadata<BodyMetadata>(), metadata.GetMetadata<QueryMetadata>());
        }
    }

    private static IEnumerable<string> IdsOf(Type contract, string place)
    {
        foreach (var property in contract.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var whole = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var type = ItemOf(whole);
            var name = place + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (type == typeof(Guid) || (type == typeof(string) && IdName().IsMatch(property.Name))) yield return name;
            else if (type.IsClass && type.Namespace!.StartsWith("Crm.", StringComparison.Ordinal)) foreach (var inner in IdsOf(type, type == whole ? $"{name}/" : $"{name}/0/")) yield return inner;
        }
    }

    private static Type ItemOf(Type type) => type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable)) ? type.GenericTypeArguments[^1] : type;

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@":\w+\}", RegexOptions.None, 1000)]
    private static partial Regex Constraint();

    [GeneratedRegex("Ids?$", RegexOptions.None, 1000)]
    private static partial Regex IdName();
}
