using System.Reflection;
using Crm.Contracts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Crm.Api.Http;

/// <summary>How a body is read.</summary>
internal enum BodyMode
{
    /// <summary>All members; what is left out has its default.</summary>
    Whole,

    /// <summary>All members; what is left out becomes null, except what is kept when absent.</summary>
    Replacement,

    /// <summary>RFC 7396: what is left out stays, null removes.</summary>
    MergePatch,
}

/// <summary>Tells the OpenAPI document what a body is.</summary>
internal sealed record BodyMetadata(Type Type, BodyMode Mode)
{
    /// <summary>Whether a form is taken, too.</summary>
    public bool OrForm { get; init; }

    /// <summary>Whether it may be left out.</summary>
    public bool IsOptional { get; init; }
}

/// <summary>The body of a POST, or of an action.</summary>
public sealed record Body<T>(T Value) : IEndpointParameterMetadataProvider where T : class
{
    public static async ValueTask<Body<T>> BindAsync(HttpContext context) => new((await BodyReader.ReadAsync<T>(context, BodyMode.Whole)).Values);

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyMetadata(typeof(T), BodyMode.Whole));
}

/// <summary>The body of an action that needs none: without a body, null.</summary>
public sealed record OptionalBody<T>(T? Value) : IEndpointParameterMetadataProvider where T : class
{
    public static async ValueTask<OptionalBody<T>> BindAsync(HttpContext context)
    {
        var isEmpty = context.Request.ContentLength is 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
        return new(isEmpty ? null : (await BodyReader.ReadAsync<T>(context, BodyMode.Whole)).Values);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyMetadata(typeof(T), BodyMode.Whole) { IsOptional = true });
}

/// <summary>The body of a PUT.</summary>
public sealed record Replacement<T>(Changes<T> Changes) : IEndpointParameterMetadataProvider where T : class
{
    public static async ValueTask<Replacement<T>> BindAsync(HttpContext context)
    {
        var (values, given) = await BodyReader.ReadAsync<T>(context, BodyMode.Replacement);
        return new(new Changes<T>(values, given));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyMetadata(typeof(T), BodyMode.Replacement));
}

/// <summary>The body of a PATCH.</summary>
public sealed record MergePatch<T>(Changes<T> Changes) : IEndpointParameterMetadataProvider where T : class
{
    public static async ValueTask<MergePatch<T>> BindAsync(HttpContext context)
    {
        var (values, given) = await BodyReader.ReadAsync<T>(context, BodyMode.MergePatch);
        return new(new Changes<T>(values, given));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyMetadata(typeof(T), BodyMode.MergePatch));
}
