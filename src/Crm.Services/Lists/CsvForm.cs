using CsvHelper;

namespace Crm.Services.Lists;

/// <summary>How all CSV is written: by RFC 4180; a text that a spreadsheet would take for a formula has an apostrophe before it.</summary>
public static class CsvForm
{
    public static readonly CsvWriterOptions Options = CsvWriterOptions.Default with { Injection = CsvInjection.Escape, NewLine = "\r\n" };
}
