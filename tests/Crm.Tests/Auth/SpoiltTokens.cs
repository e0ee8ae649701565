using System.Text;

namespace Crm.Tests.Auth;

/// <summary>Requests whose token is wrong in one way each; all else about them is right.</summary>
internal static class SpoiltTokens
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "crm";

    public static string Right(Guid tenant) => Jwt.Sign(Claims(tenant));

    public static string Claims(Guid tenant, params (string Name, object? Value)[] others) =>
        Jwt.Claims(tenant, [("iss", Issuer), ("aud", Audience), .. others]);

    /// <summary>What goes out as Authorization, by what is wrong with it.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Guid, string>> Headers = Bearers().ToDictionary(pair => pair.Fault, pair => pair.Header, StringComparer.Ordinal);

    private static IEnumerable<(string Fault, Func<Guid, string> Header)> Bearers()
    {
        foreach (var (fault, token) in Algorithms().Concat(Keys()).Concat(Times()).Concat(Names()).Concat(Tenants()).Concat(Roles()).Concat(Shapes()))
        {
            yield return (fault, tenant => $"Bearer {token(tenant)}");
        }

        yield return ("no token at all", _ => "");
        yield return ("an empty bearer", _ => "Bearer ");
        yield return ("a bearer alone", _ => "Bearer");
        yield return ("another scheme", tenant => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"ada:{Right(tenant)}"))}");
        yield return ("a right token under another scheme", tenant => $"Basic {Right(tenant)}");
        yield return ("no scheme", Right);
        yield return ("two right tokens in one header", tenant => $"Bearer {Right(tenant)}, Bearer {Right(tenant)}");
        yield return ("something behind the token", tenant => $"Bearer {Right(tenant)} more");
        yield return ("nonsense of 20 000 letters", _ => $"Bearer {new string('a', 20_000)}");
    }

    private static IEnumerable<(string, Func<Guid, string>)> Algorithms()
    {
        yield return ("alg none, unsigned", tenant => Jwt.Sign("""{"alg":"none","typ":"JWT"}""", Claims(tenant), _ => []));
        yield return ("alg nOnE, unsigned", tenant => Jwt.Sign("""{"alg":"nOnE","typ":"JWT"}""", Claims(tenant), _ => []));
        yield return ("alg none, signed", tenant => Jwt.Sign("""{"alg":"none","typ":"JWT"}""", Claims(tenant), Jwt.Hs256));
        yield return ("alg left out", tenant => Jwt.Sign("""{"typ":"JWT"}""", Claims(tenant), Jwt.Hs256));
        yield return ("alg HS384 with the right key", tenant => Jwt.Sign("""{"alg":"HS384","typ":"JWT"}""", Claims(tenant), Jwt.Hs384));
        yield return ("alg HS512 with the right key", tenant => Jwt.Sign("""{"alg":"HS512","typ":"JWT"}""", Claims(tenant), Jwt.Hs512));
        yield return ("alg RS256 over the right HMAC", tenant => Jwt.Sign("""{"alg":"RS256","typ":"JWT"}""", Claims(tenant), Jwt.Hs256));
        yield return ("alg ES256 over the right HMAC", tenant => Jwt.Sign("""{"alg":"ES256","typ":"JWT"}""", Claims(tenant), Jwt.Hs256));
        yield return ("alg twice", tenant => Jwt.Sign("""{"alg":"HS256","alg":"HS256","typ":"JWT"}""", Claims(tenant), Jwt.Hs256));
        yield return ("crit that nobody understands", tenant => Jwt.Sign("""{"alg":"HS256","crit":["exp2"],"exp2":1}""", Claims(tenant), Jwt.Hs256));
    }

    private static IEnumerable<(string, Func<Guid, string>)> Keys()
    {
        yield return ("another key", tenant => Jwt.Sign(Jwt.Header, Claims(tenant), text => System.Security.Cryptography.HMACSHA256.HashData(new byte[32], text)));
        yield return ("an unknown kid", tenant => Jwt.Sign(Claims(tenant), """{"alg":"HS256","kid":"another"}"""));
        yield return ("a key of its own in the header", tenant => Jwt.Sign(
            """{"alg":"HS256","jwk":{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}""", Claims(tenant), text => System.Security.Cryptography.HMACSHA256.HashData(new byte[32], text)));
        yield return ("another issuer", tenant => Jwt.Sign(Claims(tenant, ("iss", "https://other.example"))));
        yield return ("no issuer", tenant => Jwt.Sign(Claims(tenant, ("iss", null))));
        yield return ("another audience", tenant => Jwt.Sign(Claims(tenant, ("aud", "billing"))));
        yield return ("no audience", tenant => Jwt.Sign(Claims(tenant, ("aud", null))));
    }

    private static IEnumerable<(string, Func<Guid, string>)> Times()
    {
        yield return ("no exp", tenant => Jwt.Sign(Claims(tenant, ("exp", null))));
        yield return ("exp as text", tenant => Jwt.Sign(Claims(tenant, ("exp", "soon"))));
        yield return ("expired 31 seconds ago", tenant => Jwt.Sign(Claims(tenant, ("exp", Jwt.Now - 31))));
        yield return ("expired long ago", tenant => Jwt.Sign(Claims(tenant, ("exp", 1))));
        yield return ("not valid yet", tenant => Jwt.Sign(Claims(tenant, ("nbf", Jwt.Now + 300))));
        yield return ("expiring before it begins", tenant => Jwt.Sign(Claims(tenant, ("nbf", Jwt.Now + 10), ("exp", Jwt.Now + 5))));
    }

    private static IEnumerable<(string, Func<Guid, string>)> Names()
    {
        yield return ("no sub", tenant => Jwt.Sign(Claims(tenant, ("sub", null))));
        yield return ("an empty sub", tenant => Jwt.Sign(Claims(tenant, ("sub", ""))));
        yield return ("a blank sub", tenant => Jwt.Sign(Claims(tenant, ("sub", "  "))));
        yield return ("me as sub", tenant => Jwt.Sign(Claims(tenant, ("sub", "me"))));
        yield return ("none as sub", tenant => Jwt.Sign(Claims(tenant, ("sub", " none "))));
        yield return ("a sub of 129 characters", tenant => Jwt.Sign(Claims(tenant, ("sub", new string('a', 129)))));
        yield return ("a number as sub", tenant => Jwt.Sign(Claims(tenant, ("sub", 7))));
        yield return ("a NUL in sub", tenant => Jwt.Sign(Claims(tenant, ("sub", "a\0da"))));
        yield return ("half a surrogate pair in sub", tenant => Jwt.Sign(Claims(tenant).Replace("\"ada\"", "\"a\\ud800\"", StringComparison.Ordinal)));
        yield return ("sub twice", tenant => Jwt.Sign($$"""{"sub":"eve",{{Claims(tenant)[1..]}}"""));
        yield return ("a number as name", tenant => Jwt.Sign(Claims(tenant, ("name", 7))));
        yield return ("a list as email", tenant => Jwt.Sign(Claims(tenant, ("email", new List<string> { "ada@example.com" }))));
    }

    private static IEnumerable<(string, Func<Guid, string>)> Tenants()
    {
        yield return ("no tenant_id", tenant => Jwt.Sign(Claims(tenant, ("tenant_id", null))));
        yield return ("a tenant_id that is no UUID", tenant => Jwt.Sign(Claims(tenant, ("tenant_id", "everything"))));
        yield return ("a tenant_id in braces", tenant => Jwt.Sign(Claims(tenant, ("tenant_id", tenant.ToString("B")))));
        yield return ("the tenant_id of nobody", tenant => Jwt.Sign(Claims(tenant, ("tenant_id", Guid.Empty))));
        yield return ("a number as tenant_id", tenant => Jwt.Sign(Claims(tenant, ("tenant_id", 7))));
        yield return ("an object as tenant_id", tenant => Jwt.Sign(Claims(tenant, ("tenant_id", new { id = tenant }))));
        yield return ("one bad among several tenants", tenant => Jwt.Sign(Claims(tenant, ("tenant_id", new object[] { tenant, "*" }))));
        yield return ("tenant_id twice", tenant => Jwt.Sign($$"""{"tenant_id":"{{Guid.CreateVersion7()}}",{{Claims(tenant)[1..]}}"""));
    }

    private static IEnumerable<(string, Func<Guid, string>)> Roles()
    {
        yield return ("an unknown role", tenant => Jwt.Sign(Claims(tenant, ("role", "OWNER"))));
        yield return ("a role in lower case", tenant => Jwt.Sign(Claims(tenant, ("role", "admin"))));
        yield return ("an empty role", tenant => Jwt.Sign(Claims(tenant, ("role", ""))));
        yield return ("a role by its number", tenant => Jwt.Sign(Claims(tenant, ("role", 3))));
        yield return ("a role by its number as text", tenant => Jwt.Sign(Claims(tenant, ("role", "3"))));
        yield return ("two roles joined", tenant => Jwt.Sign(Claims(tenant, ("role", "REP,ADMIN"))));
        yield return ("a list of roles", tenant => Jwt.Sign(Claims(tenant, ("role", new List<string> { "ADMIN" }))));
        yield return ("an unknown role for a tenant", tenant => Jwt.Sign(Claims(tenant, ("role", new Dictionary<string, string> { [tenant.ToString()] = "OWNER" }))));
        yield return ("a role for what is no tenant", tenant => Jwt.Sign(Claims(tenant, ("role", new Dictionary<string, string> { ["*"] = "ADMIN" }))));
        yield return ("role twice", tenant => Jwt.Sign($$"""{"role":"VIEWER",{{Claims(tenant)[1..]}}"""));
        yield return ("a tenant's role twice", tenant => Jwt.Sign(Claims(tenant).Replace("\"ADMIN\"", $$"""{"{{tenant}}":"VIEWER","{{tenant}}":"ADMIN"}""", StringComparison.Ordinal)));
    }

    private static IEnumerable<(string, Func<Guid, string>)> Shapes()
    {
        yield return ("another payload under the signature", tenant => With(Right(tenant), 1, Jwt.Encode(Claims(tenant, ("sub", "eve")))));
        yield return ("another header above the signature", tenant => With(Right(tenant), 0, Jwt.Encode("""{"alg":"HS256","typ":"at+jwt"}""")));
        yield return ("a changed signature", tenant => With(Right(tenant), 2, Jwt.Encode(new byte[32])));
        yield return ("half a signature", tenant => Right(tenant)[..^20]);
        yield return ("an empty signature", tenant => With(Right(tenant), 2, ""));
        yield return ("two parts", tenant => string.Join('.', Right(tenant).Split('.')[..2]));
        yield return ("four parts", tenant => $"{Right(tenant)}.AAAA");
        yield return ("five parts", tenant => $"{Right(tenant)}.AAAA.AAAA");
        yield return ("an empty payload", _ => Jwt.Sign(""));
        yield return ("a payload that is no JSON", _ => Jwt.Sign("sub=ada"));
        yield return ("a list as payload", tenant => Jwt.Sign($"[{Claims(tenant)}]"));
        yield return ("a payload that is no base64", tenant => With(Right(tenant), 1, "!!!!"));
        yield return ("a header that is no JSON", tenant => Jwt.Sign("HS256", Claims(tenant), Jwt.Hs256));
        yield return ("a dot", _ => "..");
    }

    private static string With(string token, int part, string text)
    {
        var parts = token.Split('.');
        parts[part] = text;
        return string.Join('.', parts);
    }
}
