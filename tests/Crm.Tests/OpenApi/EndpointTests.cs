using System.Text.Json;
using Crm.Api.Auth;
using Crm.Api.Events;
using Crm.Api.Http;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.OpenApi;

public sealed class EndpointTests
{
    [Fact]
    public async Task Every_endpoint_of_the_API_takes_a_role()
    {
        foreach (var (method, path, endpoint) in await EndpointsAsync())
        {
            endpoint.Metadata.GetMetadata<RequiredRole>().ShouldNotBeNull($"{method} {path} says no role: add RequireRole");
        }
    }

    [Fact]
    public async Task The_document_has_every_endpoint_of_the_API_and_nothing_else()
    {
        var mapped = (await EndpointsAsync()).Select(endpoint => $"{endpoint.Method} {endpoint.Path}").Order(StringComparer.Ordinal);

        var documented = OpenApiDocument.Operations.Select(operation => $"{operation.Method} {operation.Path}").Where(name => name.Contains(" /api", StringComparison.Ordinal));

        documented.Order(StringComparer.Ordinal).ShouldBe(mapped);
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_who_may_and_what_it_takes_and_answers()
    {
        foreach (var (method, path, endpoint) in await EndpointsAsync())
        {
            var operation = OpenApiDocument.Operations.Single(operation => operation.Method == method && operation.Path == path);
            operation.Json.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty(operation.Id);
            operation.Json.GetProperty("description").GetString()!
                .ShouldContain($"Takes the role `{EnumNames<Role>.Of(endpoint.Metadata.GetMetadata<RequiredRole>()!.Role)}`", customMessage: operation.Id);

            var successes = operation.Responses.Where(response => response.Key is >= 200 and < 300).ToList();
            successes.Select(success => success.Key).ShouldBe(endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(produced => produced.StatusCode).Distinct(), ignoreOrder: true, customMessage: operation.Id);
            foreach (var (status, success) in successes)
            {
                success.TryGetProperty("content", out var content).ShouldBe(status != 204, operation.Id);
                if (status != 204 && !content.TryGetProperty(EventStream.ContentType, out _)) SchemaOf(content, "application/json").ShouldStartWith("#/components/schemas/", customMessage: operation.Id);
            }

            foreach (var (failure, response) in operation.Responses.Where(response => response.Key >= 400))
            {
                SchemaOf(response.GetProperty("content"), "application/problem+json").ShouldBe("#/components/schemas/Problem", $"{operation.Id} {failure}");
            }

            var takesBody = endpoint.Metadata.GetMetadata<BodyMetadata>() is not null;
            operation.Json.TryGetProperty("requestBody", out var body).ShouldBe(takesBody, operation.Id);
            if (takesBody) (body.TryGetProperty("required", out var required) && required.GetBoolean()).ShouldBe(!endpoint.Metadata.GetMetadata<BodyMetadata>()!.IsOptional, operation.Id);
            if (takesBody) SchemaOf(body.GetProperty("content"), "application/json").ShouldStartWith("#/components/schemas/", customMessage: operation.Id);
        }
    }

    private static string SchemaOf(JsonElement content, string type) => content.GetProperty(type).GetProperty("schema").GetProperty("$ref").GetString()!;

    private static async Task<List<(string Method, string Path, RouteEndpoint Endpoint)>> EndpointsAsync()
    {
        var host = await Hosts.For(Database.Sqlite);
        var endpoints =
            from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let path = "/" + endpoint.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal).Trim('/')
            where path.StartsWith("/api", StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["(any)"]
            select (method, path, endpoint);
        var found = endpoints.ToList();
        found.Count.ShouldBeGreaterThan(40);
        return found;
    }
}
