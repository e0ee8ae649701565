using System.Net;
using System.Net.Sockets;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Hosting;

public sealed class SettingTests
{
    private const string Key = "Auth__SigningKey";
    private const string Data = "ConnectionStrings__Crm";
    private const string Urls = "ASPNETCORE_URLS";

    [Theory]
    [InlineData(Data, "nonsense", "is no connection string", "Data Source=data/crm.db")]
    [InlineData(Data, "Colour=blue", "names neither a Host nor a Data Source", "Data Source=data/crm.db")]
    [InlineData(Data, "Host=localhost;Colour=blue", "is no PostgreSQL connection string", "Host=localhost")]
    [InlineData(Data, "Data Source=crm.db;Colour=blue", "is no SQLite connection string", "Data Source=data/crm.db")]
    [InlineData(Data, "Data Source=:memory:", "names a database in memory", "Data Source=data/crm.db")]
    [InlineData(Data, "Host=127.0.0.1;Port=1;Database=crm;Username=crm;Password=secret", "Connection refused", "Start it")]
    [InlineData(Data, "Data Source=/proc/crm/crm.db", "keeps its data in /proc/crm", "Choose a folder")]
    [InlineData(Data, "Data Source=.", "can't be used", "mend the connection string")]
    [InlineData(Key, "short", "has 5 bytes", "openssl rand")]
    [InlineData(Key, "", "is not set", "openssl rand")]
    [InlineData("Worker__Enabled", "maybe", "is \"maybe\"", "set it to true or false")]
    [InlineData("Registry__BaseUrl", "registry:8080", "isn't an address to call", "leave it out")]
    [InlineData("Registry__BaseUrl", "https://crm:secret@registry.example", "has a name or a password in it", "Registry__ApiKey")]
    [InlineData("Webhooks__TimeoutSeconds", "0", "is \"0\"", "from 1 to 60")]
    [InlineData("Webhooks__AllowPrivateNetworks", "yes", "is \"yes\"", "set it to true or false")]
    [InlineData("RabbitMq__Uri", "http://broker.example:5672", "isn't the address of a broker", "leave it out")]
    [InlineData("RabbitMq__Uri", "amqp://broker.example/one/two", "has a character that must be written by its code", "write / as %2F")]
    [InlineData("Testing__CrashAt", "answered", "kills the process, and is for tests alone", "Leave it out")]
    [InlineData("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true", "anybody could say where a request comes from", "Proxy__Known")]
    [InlineData("Database__SetLocal", "1", "is \"1\"", "set it to true or false")]
    [InlineData("Database__StatementTimeoutSeconds", "-1", "is \"-1\"", "whole seconds")]
    [InlineData("Database__LockTimeoutSeconds", "2.5", "is \"2.5\"", "whole seconds")]
    [InlineData("Database__IdleInTransactionTimeoutSeconds", "86401", "is \"86401\"", "whole seconds")]
    [InlineData(Urls, "nonsense", "names \"nonsense\"", "--urls")]
    [InlineData(Urls, "ftp://127.0.0.1:5080", "no address to listen on", "--urls")]
    [InlineData(Urls, "http://127.0.0.1:99999", "no address to listen on", "--urls")]
    [InlineData(Urls, "http://192.0.2.1:5080", "can't be listened on", "--urls")]
    public async Task A_wrong_setting_stops_the_start_with_one_line(string setting, string value, string fault, string cure) =>
        ShouldSay(await CrmProcess.RunAsync([], With((setting, value))), setting, fault, cure);

    [Theory]
    [InlineData("http://issuer.example.com")]
    [InlineData("issuer.example.com")]
    public async Task An_authority_that_is_not_https_stops_the_start(string authority) =>
        ShouldSay(await CrmProcess.RunAsync([], With((Key, ""), ("Auth__Authority", authority))), "Auth__Authority", authority, "https://");

    [Fact]
    public async Task An_authority_beside_a_key_stops_the_start() =>
        ShouldSay(await CrmProcess.RunAsync([], With(("Auth__Authority", "https://issuer.example.com"))), "Auth__Authority", "together with Auth__SigningKey", "Set only");

    [Theory]
    [InlineData("Smtp__Host", "smtp://mail.example.com", "is \"smtp://mail.example.com\"", "mail.example.com")]
    [InlineData("Smtp__From", "", "is no address that mails can be from", "crm@example.com")]
    [InlineData("Smtp__From", "crm", "is no address that mails can be from", "crm@example.com")]
    [InlineData("Smtp__Port", "70000", "is \"70000\"", "from 1 to 65535")]
    [InlineData("Smtp__Security", "Ssl", "is \"Ssl\"", "StartTls, Tls or None")]
    [InlineData("Smtp__Security", "None", "in clear", "StartTls or Tls")]
    [InlineData("Smtp__Username", "", "is not set, but Smtp__Password is", "Set both")]
    [InlineData("App__BaseUrl", "crm.example.com", "is \"crm.example.com\"", "without links")]
    public async Task A_mail_server_that_is_wrongly_set_stops_the_start(string setting, string value, string fault, string cure) =>
        ShouldSay(
            await CrmProcess.RunAsync([], With([("Smtp__Host", "mail.example.com"), ("Smtp__From", "crm@example.com"), ("Smtp__Username", "crm"), ("Smtp__Password", "secret"), (setting, value)])),
            setting, fault, cure);

    [Fact]
    public async Task Development_says_where_it_cannot_keep_its_key() =>
        ShouldSay(
            await CrmProcess.RunAsync([], With((Key, ""), ("ASPNETCORE_ENVIRONMENT", "Development"), (Data, "Data Source=/proc/crm/crm.db"))),
            Data, "/proc/crm, which can't be written", "Choose a folder");

    [Fact]
    public async Task A_fault_of_the_brokers_address_does_not_show_its_password()
    {
        var end = await CrmProcess.RunAsync(["worker"], With(("RabbitMq__Uri", "amqp://crm:sec:ret@broker.example")));

        ShouldSay(end, "RabbitMq__Uri", "has a character that must be written by its code", ": as %3A");
        end.Errors[0].ShouldNotContain("ret@");
    }

    [Theory]
    [InlineData("deal.*, deals.*", "deals.*")]
    [InlineData("lead.create", "lead.create")]
    [InlineData("lead.?reated", "lead.?reated")]
    public async Task A_type_of_event_that_there_is_not_stops_the_start(string types, string wrong) =>
        ShouldSay(
            await CrmProcess.RunAsync(["worker"], With(("RabbitMq__Uri", "amqp://broker.example"), ("RabbitMq__Types", types))),
            "RabbitMq__Types", $"has \"{wrong}\", which is no type of event", "patterns such as deal.*");

    [Fact]
    public async Task A_place_to_be_killed_at_that_there_is_not_stops_the_start() =>
        ShouldSay(
            await CrmProcess.RunAsync([], With(("DOTNET_ENVIRONMENT", "Testing"), ("Testing__CrashAt", "somewhere"))),
            "Testing__CrashAt", "is \"somewhere\"", "set it to one of before-attempt, before-call, unanswered, answered, stored");

    [Fact]
    public async Task A_port_in_use_stops_the_start()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://{other.LocalEndpoint}";

        ShouldSay(await CrmProcess.RunAsync(["--urls", url], With()), Urls, $"{url}: address already in use", "Choose another");
        ShouldSay(await CrmProcess.RunAsync([], With((Urls, url))), Urls, $"{url}: address already in use", "Choose another");
    }

    [Theory]
    [InlineData("worker")]
    [InlineData("migrate")]
    [InlineData("seed")]
    public async Task Every_verb_tells_of_a_wrong_setting_alike(string verb)
    {
        ShouldSay(await CrmProcess.RunAsync([verb], With((Data, "nonsense"))), Data, "is no connection string", "Data Source=data/crm.db");
        ShouldSay(await CrmProcess.RunAsync([verb], With((Data, "Host=127.0.0.1;Port=1;Username=crm"))), Data, "Connection refused", "Start it");
    }

    internal static Dictionary<string, string> With(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { [Key] = CrmHost.SigningKey, [Urls] = "http://127.0.0.1:0" };
        foreach (var (name, value) in settings) all[name] = value;
        return all;
    }

    private static void ShouldSay((int Code, string Output, IReadOnlyList<string> Errors) end, string setting, string fault, string cure)
    {
        var line = end.Errors.ShouldHaveSingleItem();
        line.ShouldStartWith(setting);
        line.ShouldContain(fault);
        line.ShouldContain(cure);
        end.Output.ShouldBeEmpty();
        end.Code.ShouldBe(1);
    }
}
