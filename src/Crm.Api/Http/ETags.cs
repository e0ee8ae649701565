using System.Globalization;
using Crm.Contracts;
using Crm.Contracts.Failures;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.Http;

internal static class ETags
{
    public static string Of(IVersioned record) => $"\"{record.Tag}\"";

    /// <summary>Whether the client already has it.</summary>
    public static bool IsKnown(HttpRequest request, string tag)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return false;
        var known = request.GetTypedHeaders().IfNoneMatch;
        var mine = EntityTagHeaderValue.Parse(tag);
        return known.Any(other => other.Equals(EntityTagHeaderValue.Any) || other.Compare(mine, useStrongComparison: false));
    }
}

/// <summary>The version that the caller has seen, by <c>If-Match</c>; null to change whatever is there.</summary>
public readonly record struct IfMatch(int? Version)
{
    private const int NoVersion = -1;

    public static ValueTask<IfMatch> BindAsync(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0) return new(new IfMatch(null));
        if (!EntityTagHeaderValue.TryParseList(header, out var tags) || tags.Count != 1)
        {
            throw CrmException.Invalid("If-Match", "must be one ETag as the service gave it, such as \"3\", or *");
        }

        return new(new IfMatch(tags[0].Equals(EntityTagHeaderValue.Any) ? null : VersionOf(tags[0].Tag.Value!)));
    }

    private static int VersionOf(string tag)
    {
        var version = tag.Trim('"').Split('-')[0];
        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : NoVersion;
    }
}
