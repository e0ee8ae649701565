using System.Net;
using Crm.Contracts.Members;
using Crm.Database.Dashboards;
using Crm.Services.Notifications;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using Shouldly;
using Xunit;
using static Crm.Tests.Dashboards.DashboardCalls;

namespace Crm.Tests.Dashboards;

/// <summary>What goes out by e-mail, and that nobody gets it twice.</summary>
public sealed class DashboardMailTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Each_member_gets_the_figures_that_the_owner_sees_to_read_and_as_files(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        (await ada.PatchAsync("/api/settings", new { visibility = "OWN", timeZone = "Europe/Berlin" })).ShouldBe(HttpStatusCode.OK);
        var (rep, boss) = (await crm.MemberAsync(ada, "rep"), await crm.MemberAsync(ada, "boss", Role.Manager));
        await rep.MakeAsync("deals", new { name = "Engine", value = 1234.5 });
        await boss.MakeAsync("deals", new { name = "Boiler", value = 1000 });
        var id = await rep.MakeAsync("dashboards", new
        {
            name = "Monday\r\nround",
            reports = new[] { Report("pipeline", key: "open"), Report("movement", new { period = "this-year" }), Report("movement", new { from = "2020-01-01", groupBy = "day" }, "too-much") },
            schedule = new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "boss", "rep" } },
        });
        var due = await crm.LetBeDueAsync(rep, id);

        (await crm.BeginAsync()).ShouldBe(1);
        await crm.MailAsync();
        await crm.MailAsync();

        crm.Receiver.Received.SelectMany(mail => mail.To).ShouldBe(["boss@example.com", "rep@example.com"], ignoreOrder: true);
        var mails = crm.Receiver.Received.ToList();
        mails.Select(mail => mail.Message.MessageId).Distinct().Count().ShouldBe(2);
        var delivery = (await rep.DeliveriesAsync(id)).ShouldHaveSingleItem();
        foreach (var mail in mails)
        {
            var message = mail.Message;
            message.Subject.ShouldBe($"Monday  round: {TimeZoneInfo.ConvertTime(due, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")):yyyy-MM-dd}");
            (message.From.Mailboxes.Single().Address, message.Headers[HeaderId.AutoSubmitted]).ShouldBe(("crm@example.com", "auto-generated"));
            mail.Text.ShouldStartWith($"Monday  round\nas of {TimeZoneInfo.ConvertTime(due, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")):yyyy-MM-dd} 07:00 (Europe/Berlin)\nhttps://crm.example.com/app/dashboards/{id}\n\nThe pipeline\n  EUR: count 1, value 1234.5, weighted value 123.45");
            mail.Text.ShouldContain($"\nThe movement ({due.Year}-01-01 to {due.Year}-12-31)\n");
            mail.Text.ShouldContain("\n  can't be made: to is too far from the beginning");
            var files = message.Attachments.Cast<MimePart>().ToDictionary(part => part.FileName!, Content, StringComparer.Ordinal);
            files.Keys.ShouldBe(["open.csv", "movement.csv"]);
            foreach (var report in delivery.GetProperty("reports").EnumerateArray().Take(2)) files[$"{report.Text("key")}.csv"].ShouldBe((await rep.GetAsync($"{report.Text("url")}&format=csv")).Bytes);
        }

        mails.ShouldAllBe(mail => mail.Text.TrimEnd().EndsWith("You get this since Name of rep, who owns the dashboard, has it sent to you.", StringComparison.Ordinal));
        (delivery.Text("state"), delivery.Text("problem")).ShouldBe(("DELIVERED", ""));
        delivery.GetProperty("recipients").EnumerateArray().ShouldAllBe(one => one.Text("state") == "DELIVERED" && one.GetProperty("sentAt").ValueKind == System.Text.Json.JsonValueKind.String);
    }

    [Theory, EachDatabase]
    public async Task Several_who_send_at_once_send_each_mail_once(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        await using var other = await crm.AnotherAsync();
        var (ada, id) = await DueAsync(crm, "bea", "cid");
        for (var i = 0; i < 4; i++) await DashboardToAsync(ada, "bea");
        await crm.LetBeDueAsync(ada, id, TimeSpan.FromDays(1));
        while (await crm.BeginAsync() > 0) { }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => (i % 2 == 0 ? crm : other).MailAsync(), Stop)));

        crm.Receiver.Received.Count.ShouldBe(6);
        (await RowsAsync(crm, ada)).ShouldAllBe(row => row.Attempts == 1);
    }

    [Theory, EachDatabase]
    public async Task Who_is_killed_before_sending_leaves_it_to_another_and_can_write_nothing_any_more(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var (ada, _) = await DueAsync(crm, "bea");
        await crm.BeginAsync();
        var killed = Guid.CreateVersion7();
        await crm.Host.QueryAsync(ada.TenantId, db => db.InTransactionAsync(async () => await db.LeaseDeliveryAsync((await db.DashboardDeliveries.SingleAsync(Stop)).Id, killed, TimeSpan.FromMinutes(10), Stop), Stop));

        (await crm.MailAsync()).ShouldBe(0);
        await crm.LetPassAsync(ada);
        (await crm.MailAsync()).ShouldBe(1);

        crm.Receiver.Received.Count.ShouldBe(1);
        var row = (await RowsAsync(crm, ada)).ShouldHaveSingleItem();
        ($"{row.State}", row.Attempts, row.Lease).ShouldBe(("Delivered", 2, null));
    }

    [Theory, EachDatabase]
    public async Task Who_is_killed_while_sending_leaves_a_mail_that_isnt_sent_again_and_the_others_are(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var (ada, id) = await DueAsync(crm, "bea", "cid");
        await crm.BeginAsync();
        await crm.Host.QueryAsync(ada.TenantId, async db =>
        {
            var delivery = await db.DashboardDeliveries.SingleAsync(Stop);
            delivery.Note(delivery.ReadRecipients()[0] with { IsOnTheWay = true }, DateTimeOffset.UnixEpoch);
            return await db.SaveChangesAsync(Stop);
        });

        await crm.MailAsync();
        await crm.MailAsync();

        crm.Receiver.Received.ShouldHaveSingleItem().To.ShouldBe(["cid@example.com"]);
        var recipients = (await ada.DeliveriesAsync(id)).ShouldHaveSingleItem().GetProperty("recipients");
        (recipients[0].Text("state"), recipients[1].Text("state")).ShouldBe(("FAILED", "DELIVERED"));
        recipients[0].Text("problem").ShouldBe("Sending was cut short, and whether the mail went out isn't known; it isn't sent again.");
    }

    [Theory, EachDatabase]
    public async Task What_the_server_refuses_is_tried_again_and_what_it_may_have_taken_is_not(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var (ada, id) = await DueAsync(crm, "bea", "cid", "dan");
        crm.Receiver.Instead = command => command.Contains("RCPT TO:<bea", StringComparison.Ordinal) ? "450 mailbox busy" : null;
        crm.Receiver.AfterTaking = mail => Task.FromResult(mail.To[0] == "cid@example.com" ? null : "250 taken");
        await crm.BeginAsync();

        await crm.MailAsync(); // bea is refused, the server hangs up on cid
        await crm.MailAsync(); // not due yet
        var waiting = (await ada.DeliveriesAsync(id)).ShouldHaveSingleItem();
        crm.Receiver.Instead = _ => null;
        await crm.LetPassAsync(ada);
        await crm.MailAsync();

        (waiting.Text("state"), waiting.Text("problem")).ShouldBe(("PENDING", "The mail server answered 450: mailbox busy"));
        crm.Receiver.Received.Select(mail => mail.To[0]).ShouldBe(["cid@example.com", "bea@example.com", "dan@example.com"], ignoreOrder: true);
        var over = (await ada.DeliveriesAsync(id)).ShouldHaveSingleItem();
        (over.Text("state"), over.Text("attempts")).ShouldBe(("DELIVERED", "2"));
        over.GetProperty("recipients").EnumerateArray().Select(one => one.Text("state")).ShouldBe(["DELIVERED", "FAILED", "DELIVERED"]);
    }

    [Theory, EachDatabase]
    public async Task What_is_refused_ten_times_is_given_up_and_says_why(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var (ada, id) = await DueAsync(crm, "bea");
        crm.Receiver.Instead = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "450 mailbox busy" : null;
        await crm.BeginAsync();

        for (var i = 0; i < 12; i++)
        {
            await crm.MailAsync();
            await crm.LetPassAsync(ada);
        }

        var delivery = (await ada.DeliveriesAsync(id)).ShouldHaveSingleItem();
        (delivery.Text("state"), delivery.Text("attempts"), delivery.Text("problem")).ShouldBe(("FAILED", "10", "The mail server answered 450: mailbox busy"));
        delivery.GetProperty("recipients")[0].Text("state").ShouldBe("FAILED");
    }

    [Theory, EachDatabase]
    public async Task What_is_refused_for_good_is_given_up_at_once(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var (ada, id) = await DueAsync(crm, "bea", "cid");
        crm.Receiver.Instead = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 no such user" : null;
        await crm.BeginAsync();

        await crm.MailAsync();

        var delivery = (await ada.DeliveriesAsync(id)).ShouldHaveSingleItem();
        (delivery.Text("state"), delivery.Text("attempts"), delivery.Text("problem")).ShouldBe(("FAILED", "1", "It reached none of the members; each of them says why."));
        delivery.GetProperty("recipients").EnumerateArray().ShouldAllBe(one => one.Text("state") == "FAILED" && one.Text("problem") == "The mail server answered 550: no such user");
    }

    [Theory, EachDatabase]
    public async Task A_server_that_is_away_counts_no_try_and_who_has_gone_gets_nothing(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var (ada, id) = await DueAsync(crm, "bea", "cid", "dan");
        await crm.BeginAsync();
        await ada.PatchAsync("/api/members/bea", new { active = false });
        await crm.Host.QueryAsync(ada.TenantId, db => db.Members.Where(m => m.UserId == "cid").ExecuteUpdateAsync(set => set.SetProperty(m => m.Email, "cid@example.com, all@example.com"), Stop));
        var port = crm.Receiver.Port;
        await crm.Receiver.DisposeAsync();

        for (var i = 0; i < 3; i++) await Should.ThrowAsync<MailServerAwayException>(crm.MailAsync);
        (await RowsAsync(crm, ada)).ShouldHaveSingleItem().Attempts.ShouldBe(0);
        await using var back = SmtpReceiver.Start(port);
        await crm.MailAsync();

        back.Received.ShouldHaveSingleItem().To.ShouldBe(["dan@example.com"]);
        (await ada.DeliveriesAsync(id))[0].GetProperty("recipients").EnumerateArray().Select(one => one.Text("problem")).ShouldBe(["The member is deactivated.", "The member has no address that mail can go to.", ""]);
    }

    [Theory, EachDatabase]
    public async Task Nothing_goes_out_in_the_name_of_an_owner_who_has_gone_since_it_was_due(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        var rep = await crm.MemberAsync(ada, "rep");
        var id = await rep.SharedAsync(new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "me" } }, Report("pipeline"));
        await crm.LetBeDueAsync(ada, id);
        await crm.BeginAsync();
        (await ada.PatchAsync("/api/members/rep", new { active = false })).ShouldBe(HttpStatusCode.OK);

        await crm.MailAsync();

        crm.Receiver.Received.ShouldBeEmpty();
        var delivery = (await ada.DeliveriesAsync(id)).ShouldHaveSingleItem();
        (delivery.Text("state"), delivery.Text("problem")).ShouldBe(("FAILED", "The dashboard's owner is deactivated, so that nobody's sight is left to deliver it under."));
    }

    private static async Task<(Client Ada, Guid Id)> DueAsync(DashboardHost crm, params string[] to)
    {
        var ada = crm.Host.NewTenant();
        await ada.KeepRoleAsync();
        foreach (var user in to) await crm.MemberAsync(ada, user);
        var id = await DashboardToAsync(ada, to);
        await crm.LetBeDueAsync(ada, id);
        return (ada, id);
    }

    private static Task<Guid> DashboardToAsync(Client ada, params string[] to) => ada.SharedAsync(new { every = "day", time = "07:00", by = "EMAIL", to }, Report("pipeline"));

    private static Task<List<DashboardDelivery>> RowsAsync(DashboardHost crm, Client client) => crm.Host.QueryAsync(client.TenantId, db => db.DashboardDeliveries.AsNoTracking().ToListAsync(Stop));

    private static byte[] Content(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content!.DecodeTo(content, Stop);
        return content.ToArray();
    }
}
