using System.Security.Cryptography;

namespace Crm.Api.Hosting;

/// <summary>The signing key that Development makes once and keeps, so that tokens outlive a restart.</summary>
internal static class DevelopmentKey
{
    public static string In(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "signing.key");
        if (File.Exists(path)) return File.ReadAllText(path).Trim();
        var made = Path.Combine(folder, $"signing.{Guid.CreateVersion7():N}");
        File.WriteAllText(made, Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            File.Move(made, path, overwrite: false); // whoever is second takes the first one's
        }
        catch (IOException)
        {
            File.Delete(made);
        }

        return File.ReadAllText(path).Trim();
    }
}
