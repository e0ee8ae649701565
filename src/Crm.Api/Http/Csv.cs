using Crm.Contracts.Failures;
using Crm.Services.Lists;
using CsvHelper;

namespace Crm.Api.Http;

/// <summary>Tells the OpenAPI document that a list is also given as CSV.</summary>
internal sealed record AlsoCsv;

/// <summary>Rows as CSV in UTF-8, sent while they are read.</summary>
internal sealed class Csv : IResult
{
    private static readonly string[] OfPages = ["skip", "take", "cursor", "total"];
    private static readonly string[] Misplaced = ["can't be combined with format=csv, which gives everything"];

    private readonly string name;
    private readonly string[] header;
    private readonly IAsyncEnumerator<string[]> rows;
    private readonly bool hasFirst;

    private Csv(string name, string[] header, IAsyncEnumerator<string[]> rows, bool hasFirst) => (this.name, this.header, this.rows, this.hasFirst) = (name, header, rows, hasFirst);

    /// <exception cref="CrmException">400 for what is asked for of a page.</exception>
    public static void RefusePages(HttpContext context)
    {
        var misplaced = OfPages.Where(context.Request.Query.ContainsKey).ToDictionary(name => name, _ => Misplaced, StringComparer.Ordinal);
        if (misplaced.Count > 0) throw CrmException.Invalid(misplaced);
    }

    /// <summary>Reads the first row before anything is sent, so that what fails at the beginning is answered as a failure.</summary>
    public static async Task<Csv> BeginAsync(string name, string[] header, IAsyncEnumerable<string[]> rows, CancellationToken ct)
    {
        var reader = rows.GetAsyncEnumerator(ct);
        try
        {
            return new Csv(name, header, reader, await reader.MoveNextAsync());
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var reader = rows;
        var ct = httpContext.RequestAborted;
        httpContext.Response.ContentType = "text/csv; charset=utf-8";
        httpContext.Response.Headers.CacheControl = "no-store";
        httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        await using var csv = CsvWriter.Create(httpContext.Response.Body, CsvForm.Options, leaveOpen: true);
        await csv.WriteRecordAsync(header, ct);
        for (var more = hasFirst; more; more = await rows.MoveNextAsync()) await csv.WriteRecordAsync(rows.Current, ct);
        await csv.FlushAsync(ct);
    }
}
