using System.CommandLine;
using Crm.Api.Auth;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Services.Accounts;

namespace Crm.Api.Hosting;

/// <summary>The verbs of the program.</summary>
internal static class CommandLine
{
    public static RootCommand Build()
    {
        var urls = new Option<string?>("--urls") { Description = "Where to listen, such as http://127.0.0.1:5080; the same as ASPNETCORE_URLS." };
        var demo = new Option<bool>("--demo") { Description = "Fill a demo tenant with sample data first, and print how to sign in." };

        var serve = new Command("serve", "Serve the API and the docs, and do the background work. What it does without a verb, too.") { urls, demo };
        serve.SetAction((result, ct) => Guarded(() => Verbs.ServeAsync(result.GetValue(urls), result.GetValue(demo), ct)));

        var root = new RootCommand("A multi-tenant CRM service. Without a verb it serves.") { urls, demo, serve, Worker(), Migrate(), Token(), User(), Seed(), Health(), OpenApi(), CheckVerb.Build(Guarded), ReindexVerb.Build(Guarded) };
        root.SetAction((result, ct) => Guarded(() => Verbs.ServeAsync(result.GetValue(urls), result.GetValue(demo), ct)));
        return root;
    }

    private static Command Worker()
    {
        var worker = new Command("worker", "Do the background work alone, without HTTP.");
        worker.SetAction((_, ct) => Guarded(() => Verbs.WorkAsync(ct)));
        return worker;
    }

    private static Command Migrate()
    {
        var to = new Option<string?>("--to") { Description = "The migration to go to, forward or back; 0 for an empty database. By default the newest." };
        var script = new Option<bool>("--script") { Description = "Print the SQL instead of running it." };
        var migrate = new Command("migrate", "Bring the database's schema to a migration.") { to, script };
        migrate.SetAction((result, ct) => Guarded(() => Verbs.MigrateAsync(result.GetValue(to), result.GetValue(script), ct)));
        return migrate;
    }

    private static Command Token()
    {
        var tenant = new Option<Guid>("--tenant") { Description = "The tenant that the token may act for: any UUID; a new one makes a new tenant.", Required = true };
        var user = new Option<string>("--user") { Description = "The user's id.", Required = true };
        var role = new Option<string>("--role") { Description = "What the user may do.", Required = true };
        role.AcceptOnlyFromAmong([.. EnumNames<Role>.All]);
        var name = new Option<string?>("--name") { Description = "The user's name, for people to read." };
        var hours = new Option<int>("--hours") { Description = "How long it is valid.", DefaultValueFactory = _ => 12 };
        Check(tenant, id => id == Guid.Empty ? "must not be the empty UUID" : null);
        Check(user, TokenClaims.FaultOfUserId);
        Check(name, text => text is null ? null : TokenClaims.FaultOfText(text));
        Check(hours, count => count is >= 1 and <= 8760 ? null : "must be from 1 to 8760");
        var token = new Command("token", "Print a token, signed with Auth__SigningKey or the key that Development made.") { tenant, user, role, name, hours };
        token.SetAction((result, _) => Guarded(() => Verbs.TokenAsync(
            result.GetValue(tenant), result.GetValue(user)!, EnumNames<Role>.Parse(result.GetValue(role)!), result.GetValue(name), TimeSpan.FromHours(result.GetValue(hours)))));
        return token;
    }

    private static Command User()
    {
        var email = new Option<string>("--email") { Description = "The e-mail address that the account signs in with.", Required = true };
        var tenant = new Option<Guid>("--tenant") { Description = "The tenant that it becomes a member of: any UUID; a new one makes a new tenant.", Required = true };
        var role = new Option<string>("--role") { Description = "What it may do there.", DefaultValueFactory = _ => EnumNames<Role>.Of(Role.Admin) };
        var name = new Option<string?>("--name") { Description = "What a new account is called, for people to read." };
        var existing = new Option<bool>("--existing") { Description = "That the account is there already, and its owner is known to be the right one." };
        role.AcceptOnlyFromAmong([.. EnumNames<Role>.All]);
        Check(tenant, id => id == Guid.Empty ? "must not be the empty UUID" : null);
        Check(email, AccountService.FaultOfEmail);
        Check(name, text => text is null ? null : TokenClaims.FaultOfText(text));
        var add = new Command("add", "Make an account, or an account that there is, a member of a tenant. The password is asked for, or read from standard input.") { email, tenant, role, name, existing };
        add.SetAction((result, ct) => Guarded(() => Verbs.AddUserAsync(
            result.GetValue(email)!.Trim(), result.GetValue(tenant), EnumNames<Role>.Parse(result.GetValue(role)!), result.GetValue(name), result.GetValue(existing), ct)));
        var password = new Command("password", "Give an account a new password, asked for or read from standard input; all of its sessions end.") { email };
        password.SetAction((result, ct) => Guarded(() => Verbs.ResetPasswordAsync(result.GetValue(email)!.Trim(), ct)));
        return new Command("user", "Accounts, where no identity provider has them.") { add, password };
    }

    private static Command OpenApi()
    {
        var openApi = new Command("openapi", "Print the OpenAPI document.");
        openApi.SetAction((_, ct) => Guarded(() => Verbs.OpenApiAsync(ct)));
        return openApi;
    }

    private static Command Seed()
    {
        var tenant = new Option<Guid?>("--tenant") { Description = "The tenant to fill; by default the demo tenant. One that has leads already is left alone." };
        Check(tenant, id => id == Guid.Empty ? "must not be the empty UUID" : null);
        var seed = new Command("seed", "Fill a tenant with sample data: 18 months of leads, deals, tasks and activities, the same each time.") { tenant };
        seed.SetAction((result, ct) => Guarded(() => Verbs.SeedAsync(result.GetValue(tenant), ct)));
        return seed;
    }

    private static Command Health()
    {
        var health = new Command("health", "Ask the service that runs on this machine whether it lives; for a container's health check.");
        health.SetAction((_, ct) => Guarded(() => Verbs.HealthAsync(ct)));
        return health;
    }

    private static void Check<T>(Option<T> option, Func<T, string?> faultOf) => option.Validators.Add(result =>
    {
        try
        {
            if (!result.Implicit && faultOf(result.GetValueOrDefault<T>()!) is { } fault) result.AddError($"{option.Name} {fault}.");
        }
        catch (InvalidOperationException)
        {
            // No such value at all: told by the parser.
        }
    });

    /// <summary>What the reader can mend is said in one line.</summary>
    private static async Task<int> Guarded(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (SettingException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
        }
        catch (CrmException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped before it was done.");
        }

        return 1;
    }
}
