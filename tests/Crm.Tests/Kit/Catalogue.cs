using System.Data.Common;
using System.Text.RegularExpressions;

namespace Crm.Tests.Kit;

/// <summary>What a database really holds, read from its own catalogue; the history of migrations left out.</summary>
public sealed partial record Catalogue(IReadOnlyList<Catalogue.Table> Tables)
{
    public const string History = "schema_migrations";

    public sealed record Table(string Name, IReadOnlyList<Column> Columns, Key PrimaryKey, IReadOnlyList<ForeignKey> ForeignKeys, IReadOnlyList<Index> Indexes);

    /// <param name="Name">What it is called.</param>
    /// <param name="Type">What it stores.</param>
    /// <param name="IsNullable">Whether it may be null.</param>
    /// <param name="Collation">How it is ordered; null for the database's own way.</param>
    public sealed record Column(string Name, string Type, bool IsNullable, string? Collation);

    public sealed record Key(string Name, IReadOnlyList<string> Columns);

    public sealed record ForeignKey(string Name, IReadOnlyList<string> Columns, string Principal, IReadOnlyList<string> PrincipalColumns, string OnDelete);

    /// <param name="Name">What it is called.</param>
    /// <param name="Parts">Columns; an expression stands as <see cref="Expression"/>.</param>
    /// <param name="IsUnique">Whether it refuses a second row.</param>
    /// <param name="Filter">Which rows it holds; null for all.</param>
    public sealed record Index(string Name, IReadOnlyList<string> Parts, bool IsUnique, string? Filter);

    public const string Expression = "(expression)";

    public static async Task<Catalogue> ReadAsync(Database database, string connectionString)
    {
        await using var connection = await Sql.OpenAsync(database, connectionString);
        var tables = new List<Table>();
        foreach (var name in await TableNamesAsync(database, connection))
        {
            if (name == History) continue;
            tables.Add(database == Database.Sqlite ? await SqliteAsync(connection, name) : await PostgresAsync(connection, name));
        }

        return new Catalogue(tables);
    }

    /// <summary>The index of words, which each database has in its own way, and can make anew.</summary>
    private static bool IsOfSearch(string table) => table.StartsWith("search_index", StringComparison.Ordinal);

    public static async Task<List<string>> TableNamesAsync(Database database, DbConnection connection)
    {
        var rows = await connection.RowsAsync(database == Database.Sqlite
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            : "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace");
        return [.. rows.Select(row => (string)row[0]!).Where(table => !IsOfSearch(table)).Order(StringComparer.Ordinal)];
    }

    /// <summary>One line for each thing that there is, in order: what two catalogues are compared by.</summary>
    public IReadOnlyList<string> Lines() => [.. Tables.SelectMany(Lines).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Lines(Table table) =>
    [
        .. table.Columns.Select(c => $"{table.Name}.{c.Name}: {c.Type}{(c.IsNullable ? "" : " not null")}{(c.Collation is null ? "" : $" collate {c.Collation}")}"),
        $"{table.Name} primary key {table.PrimaryKey.Name} ({string.Join(", ", table.PrimaryKey.Columns)})",
        .. table.ForeignKeys.Select(k => $"{table.Name} foreign key {k.Name} ({string.Join(", ", k.Columns)}) to {k.Principal} ({string.Join(", ", k.PrincipalColumns)}) on delete {k.OnDelete}"),
        .. table.Indexes.Select(i => $"{table.Name}{(i.IsUnique ? " unique" : "")} index {i.Name} ({string.Join(", ", i.Parts)}){(i.Filter is null ? "" : $" where {i.Filter}")}"),
    ];

    private static async Task<Table> PostgresAsync(DbConnection connection, string name)
    {
        var table = ("@table", (object)name);
        var columns = await connection.RowsAsync(
            """
            SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, nullif(c.collname::text, 'default')
            FROM pg_attribute a LEFT JOIN pg_collation c ON c.oid = a.attcollation
            WHERE a.attrelid = @table::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """, table);
        var keys = await connection.RowsAsync(
            """
            SELECT k.conname::text, k.contype::text, k.confrelid::regclass::text, k.confdeltype::text,
              ARRAY(SELECT attname::text FROM unnest(k.conkey) WITH ORDINALITY u (n, i) JOIN pg_attribute ON attrelid = k.conrelid AND attnum = n ORDER BY i),
              ARRAY(SELECT attname::text FROM unnest(k.confkey) WITH ORDINALITY u (n, i) JOIN pg_attribute ON attrelid = k.confrelid AND attnum = n ORDER BY i)
            FROM pg_constraint k WHERE k.conrelid = @table::regclass AND k.contype IN ('p', 'f')
            """, table);
        var indexes = await connection.RowsAsync(
            """
            SELECT i.relname::text, x.indisunique, pg_get_expr(x.indpred, x.indrelid),
              ARRAY(SELECT coalesce(attname::text, @expression) FROM unnest(x.indkey::int2[]) WITH ORDINALITY u (n, i) LEFT JOIN pg_attribute ON attrelid = x.indrelid AND attnum = n AND n > 0 ORDER BY i)
            FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = @table::regclass AND NOT x.indisprimary
            """, table, ("@expression", Expression));
        var primary = keys.Single(key => (string)key[1]! == "p");
        return new Table(
            name,
            columns.ConvertAll(c => new Column((string)c[0]!, (string)c[1]!, (bool)c[2]!, (string?)c[3])),
            new Key((string)primary[0]!, (string[])primary[4]!),
            [.. keys.Where(key => (string)key[1]! == "f").Select(k => new ForeignKey((string)k[0]!, (string[])k[4]!, (string)k[2]!, (string[])k[5]!, (string)k[3]! == "a" ? "no action" : (string)k[3]!))],
            indexes.ConvertAll(i => new Index((string)i[0]!, (string[])i[3]!, (bool)i[1]!, i[2] is string filter ? AsWritten(Bare(filter)) : null)));
    }

    private static async Task<Table> SqliteAsync(DbConnection connection, string name)
    {
        var table = ("@table", (object)name);
        var sql = (string)(await connection.RowsAsync("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = @table", table))[0][0]!;
        var columns = await connection.RowsAsync("SELECT name, type, \"notnull\", pk FROM pragma_table_info(@table) ORDER BY cid", table);
        var references = await connection.RowsAsync("SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(@table) ORDER BY id, seq", table);
        var indexes = new List<Index>();
        foreach (var row in await connection.RowsAsync(
            "SELECT l.name, l.\"unique\", m.sql FROM pragma_index_list(@table) l JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name WHERE l.origin <> 'pk'", table))
        {
            var parts = await connection.RowsAsync("SELECT name FROM pragma_index_xinfo(@index) WHERE key ORDER BY seqno", ("@index", row[0]!));
            var filter = row[2] is string definition && Where().Match(definition) is { Success: true } where ? Plain(Bare(where.Groups["filter"].Value)) : null;
            indexes.Add(new Index((string)row[0]!, parts.ConvertAll(part => (string?)part[0] ?? Expression), (long)row[1]! == 1, filter));
        }

        return new Table(
            name,
            columns.ConvertAll(c => new Column((string)c[0]!, (string)c[1]!, (long)c[2]! == 0, null)),
            new Key(PrimaryKey().Match(sql).Groups["name"].Value, [.. columns.Where(c => (long)c[3]! > 0).OrderBy(c => (long)c[3]!).Select(c => (string)c[0]!)]),
            [.. references.GroupBy(r => (long)r[0]!).Select(r => ForeignKeyOf(sql, [.. r]))],
            indexes);
    }

    // SQLite keeps a constraint's name only in the text that made the table.
    private static ForeignKey ForeignKeyOf(string sql, IReadOnlyList<object?[]> parts)
    {
        var columns = parts.Select(part => (string)part[2]!).ToList();
        var name = Regex.Match(sql, $@"CONSTRAINT (?<name>\w+) FOREIGN KEY \({string.Join(", ", columns)}\)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["name"].Value;
        return new ForeignKey(name, columns, (string)parts[0][1]!, [.. parts.Select(part => (string)part[3]!)], ((string)parts[0][4]!).ToLowerInvariant());
    }

    private static string Bare(string filter) => filter.StartsWith('(') && filter.EndsWith(')') ? filter[1..^1] : filter;

    // PostgreSQL keeps a filter parsed, and prints it with types, and a list as an array.
    private static string AsWritten(string filter) => Plain(Several().Replace(Number().Replace(filter.Replace("'::text", "'", StringComparison.Ordinal), "${digits}"), "IN (${values})"));

    /// <summary>A filter without parentheses around its parts, which one writes or doesn't.</summary>
    public static string Plain(string filter)
    {
        var plain = Part().Replace(filter, "${part}");
        return plain == filter ? plain : Plain(plain);
    }

    [GeneratedRegex(@"'(?<digits>[0-9]+)'::bigint", RegexOptions.None, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=^|AND |OR |\()\((?<part>[^()]+)\)", RegexOptions.None, 1000)]
    private static partial Regex Part();

    [GeneratedRegex(@"= ANY \(ARRAY\[(?<values>[^]]+)\]\)", RegexOptions.None, 1000)]
    private static partial Regex Several();

    [GeneratedRegex(@"CONSTRAINT (?<name>\w+) PRIMARY KEY", RegexOptions.None, 1000)]
    private static partial Regex PrimaryKey();

    [GeneratedRegex(@"\sWHERE (?<filter>.+)$", RegexOptions.None, 1000)]
    private static partial Regex Where();
}
