using System.Net;
using System.Text;
using Crm.Api.Http;
using Crm.Contracts.Failures;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Input;

/// <summary>Bodies that are no JSON object, for every operation that takes a body.</summary>
public sealed class MalformedBodyTests
{
    private const int Limit = 1024 * 1024;

    private static readonly (string Name, byte[] Bytes)[] Unreadable =
    [
        ("nothing", []),
        ("white space", "  \n "u8.ToArray()),
        ("half an object", "{\"lastName\":"u8.ToArray()),
        ("a missing brace", "{\"lastName\":\"x\""u8.ToArray()),
        ("trailing garbage", "{} x"u8.ToArray()),
        ("two objects", "{}{}"u8.ToArray()),
        ("a trailing comma", "{\"lastName\":\"x\",}"u8.ToArray()),
        ("a comment", "{/* no */}"u8.ToArray()),
        ("a line comment", "{} // no"u8.ToArray()),
        ("single quotes", "{'lastName':'x'}"u8.ToArray()),
        ("no quotes", "{lastName:1}"u8.ToArray()),
        ("NaN", "{\"lastName\":NaN}"u8.ToArray()),
        ("a leading zero", "{\"lastName\":01}"u8.ToArray()),
        ("a raw control character", "{\"lastName\":\"\n\"}"u8.ToArray()),
        ("an unknown escape", "{\"lastName\":\"\\x41\"}"u8.ToArray()),
        ("UTF-16", Encoding.Unicode.GetBytes("{}")),
        ("65 deep", Encoding.UTF8.GetBytes(Nested(65))),
        ("100 000 deep", Encoding.UTF8.GetBytes(Nested(100_000))),
    ];

    private static readonly (string Name, byte[] Bytes)[] NoUtf8 =
    [
        ("a lone lead byte", [0xC3, 0x28]), ("a lone trail byte", [0x80]), ("an encoded surrogate", [0xED, 0xA0, 0x80]), ("an overlong NUL", [0xC0, 0x80]), ("Latin-1", [0xE9]), ("beyond Unicode", [0xF4, 0x90, 0x80, 0x80]), ("no byte of UTF-8", [0xFF]),
    ];

    private static readonly string[] NoObjects = ["null", "[]", "[{}]", "\"text\"", "1", "true"];

    [Theory, EachDatabase]
    public async Task A_body_that_is_no_JSON_is_refused_by_every_operation_and_changes_nothing(Database database) =>
        await EveryOperationAnswersAsync(database, Unreadable, (client, operation, bytes) => client.SendRawAsync(operation.Method, operation.Path, bytes), (400, FailureCodes.MalformedJson, [""]));

    [Theory, EachDatabase]
    public async Task Where_no_body_is_needed_an_empty_one_is_none(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var optional = Operation.AllOf(client.Host, await OneOfEach.MakeAsync(client)).Where(operation => operation.IsOptional).ToList();

        optional.ShouldNotBeEmpty();
        foreach (var operation in optional)
        {
            foreach (var type in (string?[])["application/json", null]) (await client.SendRawAsync(operation.Method, operation.Path, [], type)).ShouldBe(HttpStatusCode.OK);
        }
    }

    [Theory, EachDatabase]
    public async Task Bytes_that_are_no_UTF_8_are_refused_where_they_stand(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var records = await OneOfEach.MakeAsync(client);
        var before = await client.DataHashAsync();
        foreach (var (name, bytes) in NoUtf8)
        {
            Findings.Fault(await client.SendRawAsync(HttpMethod.Patch, records.PathOf("/api/leads/{id:guid}"), [.. "{\"lastName\":\"x"u8, .. bytes, .. "x\"}"u8]), 400, FailureCodes.Validation, "/lastName").ShouldBeNull(name);
            Findings.Fault(await client.SendRawAsync(HttpMethod.Patch, records.PathOf("/api/leads/{id:guid}"), [.. "{\"tags\":[\""u8, .. bytes, .. "\"]}"u8]), 400, FailureCodes.Validation, "/tags/0").ShouldBeNull(name);
            Findings.Fault(await client.SendRawAsync(HttpMethod.Patch, records.PathOf("/api/leads/{id:guid}"), [.. "{\"x"u8, .. bytes, .. "x\":1}"u8]), 400, FailureCodes.Validation, "/?").ShouldBeNull(name);
        }

        (await client.DataHashAsync()).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task A_body_that_is_no_object_is_refused_by_every_operation_and_changes_nothing(Database database) =>
        await EveryOperationAnswersAsync(
            database, [.. NoObjects.Select(text => (text, Encoding.UTF8.GetBytes(text)))],
            (client, operation, bytes) => client.SendRawAsync(operation.Method, operation.Path, bytes), (400, FailureCodes.Validation, [""]));

    [Theory, EachDatabase]
    public async Task A_body_of_more_than_a_mebibyte_is_refused_whether_its_length_is_told_or_not(Database database)
    {
        (string, byte[])[] bodies = [("a byte too long", Padded(Limit + 1))];
        await EveryOperationAnswersAsync(database, bodies, (client, operation, bytes) => client.SendLargeAsync(operation.Method, operation.Path, bytes, inChunks: false), (413, FailureCodes.TooLarge, []));
        await EveryOperationAnswersAsync(database, bodies, (client, operation, bytes) => client.SendLargeAsync(operation.Method, operation.Path, bytes, inChunks: true), (413, FailureCodes.TooLarge, []));
    }

    [Theory, EachDatabase]
    public async Task A_body_of_exactly_a_mebibyte_is_taken(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var operation in Operation.AllOf(client.Host, await OneOfEach.MakeAsync(client)))
        {
            var answer = await client.SendRawAsync(operation.Method, operation.Path, operation.Valid.ToJsonString().PadRight(Limit));
            ((int)answer.Status).ShouldBeInRange(200, 201, $"{operation} {answer.Text}");
        }
    }

    [Theory, EachDatabase]
    public async Task A_body_of_another_kind_is_refused_by_every_operation(Database database)
    {
        string?[] types =
        [
            null, "", "nonsense", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp",
            "application/json; charset=utf-16", "application/json; charset=iso-8859-1", "application/json; charset=UTF-7", "application/json, text/plain",
        ];
        foreach (var type in types)
        {
            await EveryOperationAnswersAsync(
                database, [($"sent as {type ?? "nothing"}", "{}"u8.ToArray())],
                (client, operation, bytes) => client.SendRawAsync(operation.Method, operation.Path, bytes, type), (415, FailureCodes.UnsupportedMediaType, []));
        }
    }

    [Theory, EachDatabase]
    public async Task JSON_in_UTF_8_is_read_however_its_type_is_written(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var records = await OneOfEach.MakeAsync(client);
        string[] types = ["application/json", "APPLICATION/JSON", "application/json;charset=utf-8", "application/json; charset=UTF-8", "application/json; charset=\"utf-8\"", "application/json; version=1"];
        var findings = new List<string>();
        foreach (var operation in Operation.AllOf(client.Host, records))
        {
            foreach (var type in operation.Mode == BodyMode.MergePatch ? [.. types, "application/merge-patch+json"] : types)
            {
                var answer = await client.SendRawAsync(operation.Method, operation.Path, operation.Valid.ToJsonString(), type);
                if (answer.Status is not (HttpStatusCode.OK or HttpStatusCode.Created)) findings.Add($"{operation} as {type}: {answer.Text}");
            }

            if (operation.Mode != BodyMode.MergePatch
                && Findings.Fault(await client.SendRawAsync(operation.Method, operation.Path, operation.Valid.ToJsonString(), "application/merge-patch+json"), 415, FailureCodes.UnsupportedMediaType) is { } fault)
            {
                findings.Add($"{operation} {fault}");
            }
        }

        findings.ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task A_byte_order_mark_is_passed_over(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.SendRawAsync(HttpMethod.Post, "/api/leads", [0xEF, 0xBB, 0xBF, .. "{\"lastName\":\"Lovelace\"}"u8]);

        answer.ShouldBe(HttpStatusCode.Created);
        answer["lastName"].GetString().ShouldBe("Lovelace");
    }

    [Theory, EachDatabase]
    public async Task Sixty_four_levels_are_read_and_only_the_member_is_at_fault(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.SendRawAsync(HttpMethod.Post, "/api/leads", Nested(64).Replace("\"a\"", "\"tags\"", StringComparison.Ordinal));

        Findings.Fault(answer, 400, FailureCodes.Validation, "/lastName", "/tags/0").ShouldBeNull();
    }

    private static async Task EveryOperationAnswersAsync(
        Database database, IReadOnlyList<(string Name, byte[] Bytes)> bodies, Func<Client, Operation, byte[], Task<Answer>> send, (int Status, string Code, string[] Places) expected)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var operations = Operation.AllOf(client.Host, await OneOfEach.MakeAsync(client));
        var before = await client.DataHashAsync();
        var findings = new List<string>();
        foreach (var operation in operations)
        {
            foreach (var (name, bytes) in bodies)
            {
                if (bytes.Length == 0 && operation.IsOptional) continue;
                var answer = await send(client, operation, bytes);
                if (Findings.Fault(answer, expected.Status, expected.Code, expected.Places) is { } fault) findings.Add($"{operation} with {name} {fault}");
            }
        }

        operations.Count.ShouldBeGreaterThan(12);
        findings.ShouldBeEmpty();
        (await client.DataHashAsync()).ShouldBe(before);
    }

    /// <summary>An object of so many levels.</summary>
    private static string Nested(int levels) => $"{{\"a\":{new string('[', levels - 1)}{new string(']', levels - 1)}}}";

    private static byte[] Padded(int length) => Encoding.UTF8.GetBytes("{}".PadRight(length));
}
