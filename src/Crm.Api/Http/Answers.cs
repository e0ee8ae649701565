using System.Reflection;
using System.Text.Json;
using Crm.Contracts;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Services.Idempotency;
using Microsoft.AspNetCore.Http.Metadata;

namespace Crm.Api.Http;

internal static class Answers
{
    /// <summary>200 with the value and its ETag, or 304 where the client has it already.</summary>
    public static Found<T> Found<T>(T value) where T : class => new(value);

    /// <summary>What was found, or the failure that says that there is none.</summary>
    public static T OrNotFound<T>(this T? value, string noun, object id) where T : class => value ?? throw CrmException.NotFound(noun, id);

    /// <summary>201 with the record, its place and its ETag.</summary>
    public static Made<T> Made<T>(string collection, T record) where T : class, IIdentified => new($"/api/{collection}/{record.Id}", record);

    internal static Task WriteAsync(HttpContext context, int status, object value)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), CrmJson.Options);
        return WriteAsync(context, status, body, value is IVersioned record ? ETags.Of(record) : Answer.TagOf(body));
    }

    internal static async Task WriteAsync(HttpContext context, int status, byte[] body, string tag)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache";
        if (ETags.IsKnown(context.Request, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}

/// <summary>200 with a value and its ETag.</summary>
internal sealed class Found<T>(T value) : IResult, IEndpointMetadataProvider where T : class
{
    public Task ExecuteAsync(HttpContext httpContext) => Answers.WriteAsync(httpContext, StatusCodes.Status200OK, value);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
}

/// <summary>200 with what is JSON already, and its ETag.</summary>
internal sealed class FoundJson(byte[] json) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => Answers.WriteAsync(httpContext, StatusCodes.Status200OK, json, Answer.TagOf(json));
}

/// <summary>201 with a record, its place and its ETag.</summary>
internal sealed class Made<T>(string location, T record) : IResult, IEndpointMetadataProvider where T : class, IIdentified
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.Location = location;
        return Answers.WriteAsync(httpContext, StatusCodes.Status201Created, record);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(T), ["application/json"]));
}
