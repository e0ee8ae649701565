using System.Net;
using System.Text;
using Crm.Services.Accounts;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

/// <summary>Whoever reads the logs, or a copy of the database, can't sign in by what is there.</summary>
public sealed class SecretTests
{
    [Theory, EachDatabase]
    public async Task No_secret_is_logged_or_stored_in_clear(Database database)
    {
        using var logs = new CapturedLogs();
        var secrets = new List<string> { Person.RightPassword, "eleven patient otters", "a wrong password", "nine brass umbrellas" };
        string stored, email;
        await using (var host = await logs.StartHostAsync(database, Environments.Development))
        {
            var person = await Person.MakeAsync(host);
            email = person.Email;
            using var browser = await Visitor.SignedInAsync(person);
            secrets.AddRange([browser.Cookie, browser.Csrf, host.Services.GetRequiredService<AccountKeys>().SetUpCode]);
            var first = await browser.TokensAsync(person);
            var second = await browser.RefreshAsync(first["refresh_token"].GetString()!);
            foreach (var tokens in new[] { first, second })
            {
                secrets.Add(tokens["refresh_token"].GetString()!);
                secrets.AddRange(tokens["access_token"].GetString()!.Split('.').Skip(1));
            }

            (await browser.RefreshAsync(first["refresh_token"].GetString()!)).ShouldBe(HttpStatusCode.BadRequest);
            (await browser.SignInAsync(person.Email, "a wrong password")).ShouldBe(HttpStatusCode.Unauthorized);
            var invitation = await browser.ChangeAsync(HttpMethod.Post, "/api/invitations", new { email = "invited@crm.example", role = "REP" }, PlainRequests.Tenant(person.TenantId), ("Idempotency-Key", "one"));
            secrets.Add(invitation.ShouldBe(HttpStatusCode.Created)["token"].GetString()!);
            (await browser.SendAsync(HttpMethod.Post, "/auth/invitations/accept", new { token = invitation["token"].GetString(), password = "nine brass umbrellas" })).ShouldBe(HttpStatusCode.OK);
            (await browser.SendAsync(HttpMethod.Get, invitation["link"].GetString()!)).ShouldBe(HttpStatusCode.OK);
            (await browser.ChangeAsync(HttpMethod.Put, "/auth/password", new { currentPassword = person.Password, newPassword = "eleven patient otters" })).ShouldBe(HttpStatusCode.NoContent);
            (await browser.ChangeAsync(HttpMethod.Post, "/auth/sign-out", null)).ShouldBe(HttpStatusCode.NoContent);
            stored = await EverythingAsync(host);
        }

        stored.ShouldContain(email);
        foreach (var secret in secrets)
        {
            logs.Lines.ShouldAllBe(line => !line.Whole.Contains(secret, StringComparison.OrdinalIgnoreCase));
            stored.Contains(secret, StringComparison.OrdinalIgnoreCase).ShouldBeFalse();
        }

        logs.Lines.ShouldAllBe(line => !line.Whole.Contains("crm.example", StringComparison.OrdinalIgnoreCase));
        foreach (var told in new[] { "signed in as session", "A sign-in failed", "used again", "Invitation", "has a new password", "signed out of" }) logs.Lines.ShouldContain(line => line.Message.Contains(told, StringComparison.Ordinal), told);
        logs.Lines.ShouldContain(line => line.Level == LogLevel.Warning && line.Message.Contains("was used again", StringComparison.Ordinal));
    }

    /// <summary>Every value of every table, as text.</summary>
    public static async Task<string> EverythingAsync(CrmHost host)
    {
        await using var connection = await Sql.OpenAsync(host.Database, host.ConnectionString);
        var all = new StringBuilder();
        foreach (var table in await Catalogue.TableNamesAsync(host.Database, connection))
        {
            foreach (var value in (await connection.RowsAsync($"SELECT * FROM {table}")).SelectMany(row => row)) all.AppendLine(value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{value}");
        }

        return all.ToString();
    }
}
