using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Services.Accounts;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Tests.Accounts;

/// <summary>An account, as whoever has it knows it.</summary>
internal sealed record Person(CrmHost Host, string Email, string Password, Guid TenantId, string Id)
{
    public const string RightPassword = "seven quiet bicycles";

    /// <summary>Makes an account with a role in a tenant, as an operator does.</summary>
    public static async Task<Person> MakeAsync(CrmHost host, Role role = Role.Admin, Guid? tenantId = null)
    {
        var (email, tenant) = ($"person-{Guid.CreateVersion7():N}@crm.example", tenantId ?? Guid.CreateVersion7());
        return new Person(host, email, RightPassword, tenant, await AddAsync(host, email, tenant, role));
    }

    /// <summary>Makes it a member of another tenant, too.</summary>
    public async Task<Guid> JoinAsync(Role role)
    {
        var tenant = Guid.CreateVersion7();
        await AddAsync(Host, Email, tenant, role);
        return tenant;
    }

    private static async Task<string> AddAsync(CrmHost host, string email, Guid tenantId, Role role)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<AccountService>().AddAsync(email, tenantId, role, "A person", existing: true, () => RightPassword, CancellationToken.None)).Id;
    }
}

/// <summary>A browser or a program at an address of its own, so that what others get wrong doesn't count for it. Keeps the session's cookie as browsers do.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly HttpClient http;

    public Visitor(CrmHost host)
    {
        var address = new IPAddress([127, .. RandomNumberGenerator.GetBytes(2), (byte)RandomNumberGenerator.GetInt32(2, 255)]);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = 64,
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(context.DnsEndPoint, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        http = new HttpClient(handler) { BaseAddress = host.Address };
    }

    /// <summary>The session's secret; empty for none.</summary>
    public string Cookie { get; set; } = "";

    /// <summary>What the last answer said of the cookie.</summary>
    public string SetCookie { get; private set; } = "";

    public string Csrf { get; set; } = "";

    /// <summary>A browser that somebody signed in with.</summary>
    public static async Task<Visitor> SignedInAsync(Person person, CrmHost? host = null)
    {
        var visitor = new Visitor(host ?? person.Host);
        (await visitor.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.OK);
        visitor.Csrf = (await visitor.SendAsync(HttpMethod.Get, "/auth/antiforgery")).ShouldBe(HttpStatusCode.OK)["token"].GetString()!;
        return visitor;
    }

    public Task<Answer> SignInAsync(string email, string password, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, "/auth/sign-in", new { email, password }, headers);

    public Task<Answer> TokensAsync(Person person) => TokensAsync(person.Email, person.Password);

    public Task<Answer> TokensAsync(string username, string password) => SendAsync(HttpMethod.Post, "/auth/token", new { grant_type = "password", username, password });

    public Task<Answer> RefreshAsync(string token) => SendAsync(HttpMethod.Post, "/auth/token", new { grant_type = "refresh_token", refresh_token = token });

    /// <summary>Asks who one is in a tenant: by the cookie, or by an access token.</summary>
    public Task<Answer> MeAsync(Guid tenantId, string? accessToken = null) => SendAsync(
        HttpMethod.Get, "/api/me", null, accessToken is null ? [PlainRequests.Tenant(tenantId)] : [PlainRequests.Tenant(tenantId), PlainRequests.Bearer(accessToken)]);

    /// <summary>Changes something by the cookie, as one's own pages do.</summary>
    public Task<Answer> ChangeAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers) => SendAsync(method, path, body, [("X-CSRF-Token", Csrf), .. headers]);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (Cookie.Length > 0) request.Headers.TryAddWithoutValidation("Cookie", $"crm={Cookie}");
        if (body is HttpContent content) request.Content = content;
        else if (body is not null) request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body, CrmJson.Options), Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        SetCookie = answer.Headers.GetValueOrDefault("Set-Cookie", "");
        if (CookieValue().Match(SetCookie) is { Success: true } set) Cookie = set.Groups["value"].Value;
        return answer;
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex(@"(^|, )crm=(?<value>[^;]*);", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CookieValue();
}
