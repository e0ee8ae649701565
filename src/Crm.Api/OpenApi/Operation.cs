using System.Reflection;
using Crm.Api.Auth;
using Crm.Api.Events;
using Crm.Api.Http;
using Crm.Contracts.Members;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Crm.Api.OpenApi;

/// <summary>What an endpoint tells of itself by its metadata.</summary>
internal sealed class Operation(ApiDescription description)
{
    private readonly IList<object> metadata = description.ActionDescriptor.EndpointMetadata;

    public bool IsGet => description.HttpMethod == HttpMethods.Get;

    public bool IsPost => description.HttpMethod == HttpMethods.Post;

    /// <summary>The least role that it takes; null for anybody, without a token.</summary>
    public Role? Role => metadata.OfType<RequiredRole>().LastOrDefault()?.Role;

    /// <summary>What it is at the door, where it is there.</summary>
    public Door? Door => metadata.OfType<Door>().LastOrDefault();

    /// <summary>Whether it takes to be known.</summary>
    public bool TakesSomebody => Role is not null || Door is { TakesSession: true };

    public BodyMetadata? Body => metadata.OfType<BodyMetadata>().SingleOrDefault();

    public QueryMetadata? Query => metadata.OfType<QueryMetadata>().SingleOrDefault();

    public bool TakesIfMatch => Handler.GetParameters().Any(parameter => parameter.ParameterType == typeof(IfMatch));

    public MethodInfo Handler => metadata.OfType<MethodInfo>().Single();

    public IReadOnlyList<RoutePatternParameterPart> PathParameters => RoutePatternFactory.Parse(description.RelativePath!).Parameters;

    /// <summary>Whether it goes on answering.</summary>
    public bool IsStream => Produced.Any(produced => produced.ContentTypes.Contains(EventStream.ContentType));

    public bool IsAlsoCsv => metadata.OfType<AlsoCsv>().Any();

    /// <summary>In which ways it fails that others don't.</summary>
    public IEnumerable<Failure> OwnFailures => metadata.OfType<OwnFailures>().SelectMany(own => own.All);

    public bool HasPathParameter => PathParameters.Count > 0;

    public IEnumerable<IProducesResponseTypeMetadata> Produced => metadata.OfType<IProducesResponseTypeMetadata>();
}
