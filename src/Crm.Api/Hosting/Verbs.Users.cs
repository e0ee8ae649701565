using System.Text;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Services.Accounts;

namespace Crm.Api.Hosting;

internal static partial class Verbs
{
    public static Task<int> AddUserAsync(string email, Guid tenantId, Role role, string? name, bool existing, CancellationToken ct)
    {
        return WithAccountsAsync(
            async accounts =>
            {
                var (id, isNew) = await accounts.AddAsync(email, tenantId, role, name, existing, ReadPassword, ct);
                Console.WriteLine($"{(isNew ? "The account was made" : "The account was there already, with its password")}; it is {id}, {EnumNames<Role>.Of(role)} of tenant {tenantId}.");
            },
            ct);
    }

    public static Task<int> ResetPasswordAsync(string email, CancellationToken ct) => WithAccountsAsync(
        async accounts =>
        {
            await accounts.ResetPasswordAsync(email, ReadPassword, ct);
            Console.WriteLine($"{email} has the new password; all sessions of the account have ended.");
        },
        ct);

    private static async Task<int> WithAccountsAsync(Func<AccountService, Task> work, CancellationToken ct)
    {
        using var host = WithoutHttp();
        if (host.Services.GetRequiredService<CrmSettings>().Authority is not null)
        {
            throw new SettingException("Auth__Authority", "is set, so that accounts come from there; unset it to have accounts here.");
        }

        await MigrateAsync(host.Services, null, ct);
        await using var scope = host.Services.CreateAsyncScope();
        try
        {
            await work(scope.ServiceProvider.GetRequiredService<AccountService>());
            return 0;
        }
        catch (Exception e) when (IsDatabases(e))
        {
            throw Unusable(e);
        }
    }

    /// <summary>Tells a newcomer, on the console alone, how the first account is made.</summary>
    private static async Task GreetFirstAsync(WebApplication app, CancellationToken ct)
    {
        if (app.Services.GetRequiredService<CrmSettings>().Authority is not null) return;
        await using var scope = app.Services.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<AccountService>().AnyAsync(ct)) return;
        Console.WriteLine($"There is no account yet. Make the first one at {Listening.FromHere(app.Urls.First()).GetLeftPart(UriPartial.Authority)}/setup{(app.Environment.IsDevelopment() ? "" : $" with the code {app.Services.GetRequiredService<AccountKeys>().SetUpCode}")}.");
    }

    /// <summary>A line of what is piped in; else typed twice, unseen.</summary>
    private static string ReadPassword()
    {
        if (Console.IsInputRedirected) return Checked(Console.In.ReadLine() ?? throw CrmException.Invalid("The password", "is missing: write it to standard input, on one line"));
        var password = ReadUnseen("Password: ");
        return ReadUnseen("The same again: ") == password ? Checked(password) : throw CrmException.Invalid("The password", "wasn't the same the second time");
    }

    private static string Checked(string password) =>
        TextConverter.Fault(password) is { } fault ? throw CrmException.Invalid("The password", fault)
        : password.Length > 256 ? throw CrmException.Invalid("The password", "must be at most 256 characters long")
        : password;

    private static string ReadUnseen(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.KeyChar != '\0') typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
