using System.Security.Cryptography;
using System.Text;

namespace Crm.Registry;

/// <summary>Lets in to the API who bears the key; everybody where none is set, as in Development.</summary>
internal static class ApiKey
{
    public static void UseApiKey(this WebApplication app)
    {
        if (app.Services.GetRequiredService<RegistrySettings>().ApiKey is not { } key) return;
        var expected = Hash($"Bearer {key}");
        app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || CryptographicOperations.FixedTimeEquals(Hash(context.Request.Headers.Authorization.ToString()), expected)) return next(context);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return TypedResults.Problem("The registry's API key is missing or wrong. Send it as 'Authorization: Bearer <key>'.", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
        });
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
