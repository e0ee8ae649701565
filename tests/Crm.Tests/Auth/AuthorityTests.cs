using System.Net;
using System.Security.Cryptography;
using System.Text;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Tests.Auth;

/// <summary>Tokens of an OpenID Connect issuer, which tells its keys by discovery.</summary>
public sealed class AuthorityTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7();

    [Theory, EachDatabase]
    public async Task Tokens_signed_with_the_issuers_keys_are_let_in(Database database)
    {
        await using var issuer = await Issuer.StartAsync();
        await using var host = await issuer.HostAsync(database);

        (await host.AskAsync(issuer.Rs256(), Tenant)).ShouldBe(HttpStatusCode.OK)["id"].GetString().ShouldBe("ada");
        (await host.AskAsync(issuer.Es256(), Tenant)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Tokens_that_the_issuer_did_not_sign_or_not_so_are_refused()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var other = await Issuer.StartAsync();
        await using var host = await issuer.HostAsync(Database.Sqlite);
        (await host.AskAsync(issuer.Rs256(), Tenant)).ShouldBe(HttpStatusCode.OK);

        foreach (var token in new[]
        {
            issuer.Hs256(Encoding.UTF8.GetBytes(issuer.PublicKey)),
            issuer.Hs256(issuer.Modulus),
            issuer.Hs256(Encoding.UTF8.GetBytes(CrmHost.SigningKey)),
            issuer.Token("""{"alg":"none","kid":"rsa"}""", _ => []),
            issuer.Token("""{"alg":"RS256","kid":"rsa"}""", other.SignRsa),
            issuer.Token("""{"alg":"PS256","kid":"rsa"}""", issuer.SignPss),
            issuer.Token("""{"alg":"RS512","kid":"rsa"}""", issuer.SignRsa512),
            issuer.Token("""{"alg":"RS256","kid":"ec"}""", issuer.SignRsa),
            other.Rs256(),
        })
        {
            (await host.AskAsync(token, Tenant)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        }
    }

    [Fact]
    public async Task While_the_issuer_is_away_a_token_is_neither_good_nor_bad()
    {
        var issuer = await Issuer.StartAsync();
        await using var host = await issuer.HostAsync(Database.Sqlite);
        var token = issuer.Rs256();
        await issuer.DisposeAsync();

        var answer = await host.AskAsync(token, Tenant);

        answer.ShouldFail(HttpStatusCode.ServiceUnavailable, "issuer-unavailable");
        answer.Headers["Retry-After"].ShouldBe("5");
    }

    [Fact]
    public async Task A_new_key_of_the_issuer_is_picked_up_without_a_restart()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var host = await issuer.HostAsync(Database.Sqlite);
        (await host.AskAsync(issuer.Rs256(), Tenant)).ShouldBe(HttpStatusCode.OK);

        issuer.Rotate();

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await host.AskAsync(issuer.Rs256(), Tenant)).Status != HttpStatusCode.OK) await Task.Delay(50, patience.Token);
    }

    /// <summary>An OpenID Connect issuer on this machine, as far as a service needs one.</summary>
    private sealed class Issuer : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private RSA rsa = RSA.Create(2048);
        private string kid = "rsa";

        private Issuer(WebApplication app) => this.app = app;

        private string Address => app.Urls.First();

        public string PublicKey => rsa.ExportSubjectPublicKeyInfoPem();

        public byte[] Modulus => rsa.ExportParameters(false).Modulus!;

        public static async Task<Issuer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var issuer = new Issuer(builder.Build());
            issuer.app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = issuer.Address, jwks_uri = $"{issuer.Address}/keys" }));
            issuer.app.MapGet("/keys", () => Results.Json(issuer.Keys()));
            await issuer.app.StartAsync();
            return issuer;
        }

        public async Task<CrmHost> HostAsync(Database database) => await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder =>
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Auth:SigningKey"] = "", ["Auth:Authority"] = Address }));

        public void Rotate() => (rsa, kid) = (RSA.Create(2048), "rsa-2");

        public string Rs256() => Token($$"""{"alg":"RS256","kid":"{{kid}}"}""", SignRsa);

        public string Es256() => Token("""{"alg":"ES256","kid":"ec"}""", text => ec.SignData(text, HashAlgorithmName.SHA256));

        public string Hs256(byte[] key) => Token($$"""{"alg":"HS256","kid":"{{kid}}"}""", text => HMACSHA256.HashData(key, text));

        public string Token(string header, Func<byte[], byte[]> signature) => Jwt.Sign(header, Jwt.Claims(Tenant, ("iss", Address)), signature);

        public byte[] SignRsa(byte[] text) => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        public byte[] SignRsa512(byte[] text) => rsa.SignData(text, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);

        public byte[] SignPss(byte[] text) => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            rsa.Dispose();
            ec.Dispose();
        }

        private object Keys()
        {
            var (r, e) = (rsa.ExportParameters(false), ec.ExportParameters(false));
            return new
            {
                keys = new object[]
                {
                    new { kty = "RSA", use = "sig", kid, n = Jwt.Encode(r.Modulus!), e = Jwt.Encode(r.Exponent!) },
                    new { kty = "EC", use = "sig", kid = "ec", crv = "P-256", x = Jwt.Encode(e.Q.X!), y = Jwt.Encode(e.Q.Y!) },
                },
            };
        }
    }
}
