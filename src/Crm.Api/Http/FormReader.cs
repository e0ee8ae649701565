using System.Reflection;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace Crm.Api.Http;

/// <summary>A body that may be JSON or a form, as OAuth 2.0 has it.</summary>
public sealed record FormOrJson<T>(T Value) : IEndpointParameterMetadataProvider where T : class
{
    public static async ValueTask<FormOrJson<T>> BindAsync(HttpContext context) =>
        new(context.Request.HasFormContentType ? await FormReader.ReadAsync<T>(context, ["client_id", "scope"]) : (await BodyReader.ReadAsync<T>(context, BodyMode.Whole)).Values);

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyMetadata(typeof(T), BodyMode.Whole) { OrForm = true });
}

/// <summary>Reads a form into a contract of texts, as strictly as JSON is read.</summary>
internal static class FormReader
{
    public static async Task<T> ReadAsync<T>(HttpContext context, IReadOnlyList<string> ignored) where T : class
    {
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException)
        {
            throw CrmException.Invalid("", "is no form that can be read");
        }

        var members = Members<T>.ByName;
        var values = Activator.CreateInstance<T>();
        var faults = new Faults();
        foreach (var (name, texts) in form)
        {
            if (members.TryGetValue(name, out var member)) Read(member, texts, values, faults);
            else if (!ignored.Contains(name, StringComparer.Ordinal)) faults.Add($"/{name}", "can't be written: no such member, or one that the service sets");
        }

        foreach (var member in members.Values)
        {
            if (member.IsRequired && member.Property.GetValue(values) is null && !faults.Has(member.Pointer)) faults.Add(member.Pointer, "is required");
            else if (!faults.Has(member.Pointer)) member.Validate(values, faults);
        }

        faults.Throw();
        return values;
    }

    private static void Read<T>(Member member, Microsoft.Extensions.Primitives.StringValues texts, T values, Faults faults) where T : class
    {
        if (texts.Count != 1) faults.Add(member.Pointer, "is given more than once");
        else if (TextConverter.Fault(texts[0]!) is { } fault) faults.Add(member.Pointer, fault);
        else member.Property.SetValue(values, TextConverter.Normalise(texts[0]));
    }
}
