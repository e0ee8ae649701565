using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>The document as it is served: made when it is first asked for, and kept.</summary>
internal sealed class WrittenDocument(IOpenApiDocumentProvider provider)
{
    private readonly Lazy<Task<byte[]>> json = new(() => WriteAsync(provider));

    public Task<byte[]> JsonAsync() => json.Value;

    private static async Task<byte[]> WriteAsync(IOpenApiDocumentProvider provider)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture; // of this task alone
        var document = await provider.GetOpenApiDocumentAsync();
        await using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        document.SerializeAs(OpenApiSpecVersion.OpenApi3_1, new OpenApiJsonWriter(text));
        return Encoding.UTF8.GetBytes(text.ToString().ReplaceLineEndings("\n").TrimEnd('\n') + "\n");
    }
}
