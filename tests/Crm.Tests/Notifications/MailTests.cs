using System.Net;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Database.Notifications;
using Crm.Services.Notifications;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MimeKit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Notifications;

/// <summary>What goes out by e-mail, and what comes of it where the mail server fails.</summary>
public sealed class MailTests
{
    [Theory, EachDatabase]
    public async Task Who_wants_mail_gets_one_that_says_what_happened_and_nothing_more_of_the_record(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database, ("App:BaseUrl", "https://crm.example.com/app"));
        var ada = mailing.Host.NewTenant();
        var bea = await mailing.RecipientAsync(ada, "bea");
        var task = await ada.MakeAsync("tasks", new { title = "Call Zoë Brückner", description = "Her secret number", assigneeId = "bea" });

        await mailing.SendAsync();

        var mail = mailing.Receiver.Received.ShouldHaveSingleItem();
        var notification = (await bea.NotificationsAsync()).ShouldHaveSingleItem();
        (mail.From, mail.To.ShouldHaveSingleItem()).ShouldBe(("crm@example.com", "bea@example.com"));
        (mail.Message.Subject, mail.Message.MessageId).ShouldBe(("A task was given to you: Call Zoë Brückner", $"{notification.GetProperty("id").GetGuid()}@example.com"));
        mail.Message.From.Mailboxes.Single().Name.ShouldBe("CRM");
        mail.Message.Headers[HeaderId.AutoSubmitted].ShouldBe("auto-generated");
        mail.Text.ShouldStartWith($"A task was given to you.\n\nCall Zoë Brückner\nhttps://crm.example.com/app/tasks/{task}\n");
        mail.Text.ShouldNotContain("secret");
        (await mailing.MailsAsync(ada)).ShouldHaveSingleItem().State.ShouldBe(MailState.Sent);
        await mailing.SendAsync();
        mailing.Receiver.Received.Count.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Mail_goes_also_where_it_is_the_only_way_that_is_wanted_and_to_nobody_who_wants_none(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        var ada = mailing.Host.NewTenant();
        var bea = await mailing.RecipientAsync(ada, "bea");
        await bea.PatchAsync("/api/notifications/preferences", new { taskAssigned = new { inApp = false } });
        await mailing.RecipientAsync(ada, "cid", email: null);
        var dan = await ada.MemberAsync("dan");
        foreach (var user in new[] { "bea", "cid", "dan" }) await ada.MakeAsync("tasks", new { title = user, assigneeId = user });

        await mailing.SendAsync();

        mailing.Receiver.Received.ShouldHaveSingleItem().Message.Subject.ShouldBe("A task was given to you: bea");
        (await bea.NotificationsAsync()).ShouldBeEmpty();
        (await dan.NotificationsAsync()).Count.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task No_title_and_no_address_says_more_to_the_mail_server_than_itself(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        var ada = mailing.Host.NewTenant();
        foreach (var (user, email) in new[] { ("bea", "bea@example.com"), ("eve", "eve@example.com\r\nRCPT TO:<all@example.com>"), ("fay", "fay@example.com>\r\nBCC:<x@example.com"), ("gil", "gil@example.com, all@example.com") }) await mailing.RecipientAsync(ada, user, email);
        foreach (var user in new[] { "bea", "eve", "fay", "gil" }) await ada.MakeAsync("tasks", new { title = "Call", assigneeId = user });
        await mailing.Host.TellAsync();
        await mailing.Host.QueryAsync(ada.TenantId, db => db.NotificationMails.ExecuteUpdateAsync(set => set.SetProperty(m => m.Title, "Call\r\nBcc: all@example.com\r\n.\r\nQUIT\u2028" + new string('x', 300))));

        await mailing.SendAsync();

        var mail = mailing.Receiver.Received.ShouldHaveSingleItem();
        mail.To.ShouldBe(["bea@example.com"]);
        mail.Message.Bcc.ShouldBeEmpty();
        mail.Message.Subject.ShouldBe($"A task was given to you: Call  Bcc: all@example.com  .  QUIT {new string('x', 114)}…");
        mailing.Receiver.Commands.ShouldNotContain(command => command.Contains("all@example.com", StringComparison.Ordinal) || command.Contains("x@example.com", StringComparison.Ordinal));
        (await mailing.MailsAsync(ada)).Count(m => m is { State: MailState.GivenUp, Problem: "The member has no address that mail can go to." }).ShouldBe(3);
        mailing.Logs.Lines.ShouldAllBe(line => !line.Whole.Contains("@example.com", StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task Mails_wait_for_a_server_that_is_away_and_count_no_try(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        var ada = mailing.Host.NewTenant();
        await mailing.RecipientAsync(ada, "bea");
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });
        var port = mailing.Receiver.Port;
        await mailing.Receiver.DisposeAsync();

        for (var i = 0; i < 12; i++) await Should.ThrowAsync<MailServerAwayException>(mailing.SendAsync);
        var waiting = (await mailing.MailsAsync(ada)).ShouldHaveSingleItem();
        mailing.Receiver = SmtpReceiver.Start(port);
        await mailing.SendAsync();

        (waiting.State, waiting.Attempts).ShouldBe((MailState.Pending, 0));
        mailing.Receiver.Received.Count.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task What_the_server_refuses_is_tried_again_later_and_given_up_after_ten_tries(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        var ada = mailing.Host.NewTenant();
        await mailing.RecipientAsync(ada, "bea");
        await mailing.RecipientAsync(ada, "cid");
        mailing.Receiver.Instead = command => command.Contains("bea@example.com", StringComparison.Ordinal) ? "450 mailbox busy" : null;
        foreach (var user in new[] { "bea", "cid" }) await ada.MakeAsync("tasks", new { title = user, assigneeId = user });

        await mailing.SendAsync();
        var first = (await mailing.MailsAsync(ada)).Single(m => m.UserId == "bea");
        await mailing.SendAsync(); // not due yet
        var notYet = (await mailing.MailsAsync(ada)).Single(m => m.UserId == "bea");
        for (var i = 2; i <= 10; i++)
        {
            await mailing.MakeDueAsync(ada);
            await mailing.SendAsync();
        }

        await mailing.MakeDueAsync(ada);
        await mailing.SendAsync();
        var last = (await mailing.MailsAsync(ada)).Single(m => m.UserId == "bea");

        mailing.Receiver.Received.ShouldHaveSingleItem().To.ShouldBe(["cid@example.com"]); // others aren't kept from going
        (first.State, first.Attempts, first.Lease, first.Problem).ShouldBe((MailState.Pending, 1, null, "The mail server answered 450: mailbox busy"));
        (first.DueAt - TimeProvider.System.GetUtcNow()).ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        notYet.Attempts.ShouldBe(1);
        (last.State, last.Attempts).ShouldBe((MailState.GivenUp, 10));
        var line = mailing.Logs.Lines.Where(l => l.Level == LogLevel.Error).ShouldHaveSingleItem();
        (line.Values["Mail"], line.Values["Attempts"]).ShouldBe(($"{last.Id}", "10"));
    }

    [Theory, EachDatabase]
    public async Task A_server_that_is_killed_once_it_has_a_mail_gets_it_again_with_the_same_id(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        var ada = mailing.Host.NewTenant();
        await mailing.RecipientAsync(ada, "bea");
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });
        mailing.Receiver.AfterTaking = _ => Task.FromResult<string?>(null);

        await mailing.SendAsync();
        var unknown = (await mailing.MailsAsync(ada)).ShouldHaveSingleItem();
        mailing.Receiver.AfterTaking = _ => Task.FromResult<string?>("250 taken");
        await mailing.MakeDueAsync(ada);
        await mailing.SendAsync();

        (unknown.State, unknown.Attempts).ShouldBe((MailState.Pending, 1));
        mailing.Receiver.Received.Select(mail => mail.Message.MessageId).ShouldBe([$"{unknown.Id}@example.com", $"{unknown.Id}@example.com"]);
        (await mailing.MailsAsync(ada)).ShouldHaveSingleItem().State.ShouldBe(MailState.Sent);
    }

    [Theory, EachDatabase]
    public async Task Two_that_send_at_once_send_each_mail_once(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        await using var other = await MailingHost.StartAsync(database, mailing);
        var (ada, eve) = (mailing.Host.NewTenant(), mailing.Host.NewTenant());
        foreach (var client in new[] { ada, eve })
        {
            await mailing.RecipientAsync(client, "bea");
            for (var i = 0; i < 15; i++) await client.MakeAsync("tasks", new { title = $"Call {i}", assigneeId = "bea" });
        }

        await mailing.Host.TellAsync();
        await Task.WhenAll(mailing.MailAsync(), other.MailAsync(), mailing.MailAsync(), other.MailAsync());

        mailing.Receiver.Received.Count.ShouldBe(30);
        mailing.Receiver.Received.Select(mail => mail.Message.MessageId).Distinct().Count().ShouldBe(30);
        foreach (var client in new[] { ada, eve }) (await mailing.MailsAsync(client)).ShouldAllBe(mail => mail.State == MailState.Sent && mail.Attempts == 1);
    }

    [Theory, EachDatabase]
    public async Task Who_takes_longer_than_the_lease_writes_nothing_over_who_took_it_up(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        await using var other = await MailingHost.StartAsync(database, mailing);
        var ada = mailing.Host.NewTenant();
        await mailing.RecipientAsync(ada, "bea");
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });
        await mailing.Host.TellAsync();
        var (reached, released) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        mailing.Receiver.AfterTaking = async _ =>
        {
            if (!reached.TrySetResult()) return "250 taken";
            await released.Task;
            return "451 too late";
        };

        var slow = mailing.MailAsync();
        await reached.Task;
        await other.MailAsync(); // the lease holds
        mailing.Receiver.Received.Count.ShouldBe(1);
        await mailing.MakeDueAsync(ada);
        (await other.MailAsync()).ShouldBe(1);
        released.SetResult();
        (await slow).ShouldBe(0);

        var mail = (await mailing.MailsAsync(ada)).ShouldHaveSingleItem();
        (mail.State, mail.Attempts, mail.Problem).ShouldBe((MailState.Sent, 2, null));
        mailing.Receiver.Received.Select(m => m.Message.MessageId).Distinct().ShouldHaveSingleItem();
        mailing.Logs.Lines.ShouldContain(line => line.Level == LogLevel.Warning && line.Message.Contains("longer than its lease", StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task A_mail_goes_to_nobody_who_was_deactivated_or_no_longer_sees_the_record(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        var ada = mailing.Host.NewTenant();
        foreach (var user in new[] { "bea", "cid", "dan" }) await mailing.RecipientAsync(ada, user);
        (await ada.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        var task = await ada.MakeAsync("tasks", new { title = "Given on", assigneeId = "bea" });
        await ada.MakeAsync("tasks", new { title = "Of one who left", assigneeId = "cid" });
        await ada.MakeAsync("tasks", new { title = "Kept", assigneeId = "dan" });
        await mailing.Host.TellAsync();
        (await ada.PatchAsync($"/api/tasks/{task}", new { assigneeId = "me" })).ShouldBe(HttpStatusCode.OK);
        (await ada.PatchAsync("/api/members/cid", new { active = false })).ShouldBe(HttpStatusCode.OK);
        await mailing.MailAsync();

        mailing.Receiver.Received.ShouldHaveSingleItem().Message.Subject.ShouldBe("A task was given to you: Kept");
        (await mailing.MailsAsync(ada)).Where(m => m.State == MailState.GivenUp).Select(m => (m.UserId, m.Problem)).ShouldBe(
            [("bea", "The member doesn't see the record any more."), ("cid", "The member is deactivated.")], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task The_worker_sends_by_itself_what_the_relay_made(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database, ("Worker:Enabled", "true"));
        var ada = mailing.Host.NewTenant();
        await mailing.RecipientAsync(ada, "bea");
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mailing.Receiver.AfterTaking = _ =>
        {
            taken.TrySetResult();
            return Task.FromResult<string?>("250 taken");
        };

        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });

        await taken.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        mailing.Receiver.Received.ShouldHaveSingleItem().To.ShouldBe(["bea@example.com"]);
    }

    [Fact]
    public async Task A_server_that_anybody_could_be_is_told_neither_a_mail_nor_the_password()
    {
        await using var receiver = SmtpReceiver.StartWithTls();
        await using var mailing = await MailingHost.StartAsync(Database.Sqlite, receiver, ("Smtp:Security", "StartTls"), ("Smtp:Username", "crm"), ("Smtp:Password", "secret"));
        var ada = mailing.Host.NewTenant();
        await mailing.RecipientAsync(ada, "bea");
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });

        await Should.ThrowAsync<MailServerAwayException>(mailing.SendAsync);

        receiver.Commands.Select(command => command.Split(' ')[0]).ShouldBe(["EHLO", "STARTTLS"]);
        (await mailing.MailsAsync(ada)).ShouldHaveSingleItem().Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_without_TLS_is_not_talked_to_where_it_is_asked_for()
    {
        await using var mailing = await MailingHost.StartAsync(Database.Sqlite, ("Smtp:Security", "StartTls"));
        var ada = mailing.Host.NewTenant();
        await mailing.RecipientAsync(ada, "bea");
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });

        await Should.ThrowAsync<MailServerAwayException>(mailing.SendAsync);

        mailing.Receiver.Commands.ShouldNotContain(command => command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("535 no", false)]
    [InlineData("235 welcome", true)]
    public async Task The_password_is_shown_to_the_server_and_where_it_is_wrong_mails_wait(string answer, bool goes)
    {
        await using var mailing = await MailingHost.StartAsync(Database.Sqlite, ("Smtp:Username", "crm"), ("Smtp:Password", "secret"));
        var ada = mailing.Host.NewTenant();
        await mailing.RecipientAsync(ada, "bea");
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });
        mailing.Receiver.Instead = command => command.StartsWith("AUTH", StringComparison.Ordinal) ? answer : null;

        if (goes) await mailing.SendAsync();
        else await Should.ThrowAsync<MailServerAwayException>(mailing.SendAsync);

        mailing.Receiver.Received.Count.ShouldBe(goes ? 1 : 0);
        mailing.Receiver.Commands.ShouldContain($"AUTH PLAIN {Convert.ToBase64String("\0crm\0secret"u8)}");
        mailing.Logs.Lines.ShouldAllBe(line => !line.Whole.Contains("secret", StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task Without_a_mail_server_no_mail_is_made_whatever_is_wanted(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var ada = host.NewTenant();
        var bea = await ada.MemberAsync("bea");
        await bea.PatchAsync("/api/notifications/preferences", new { taskAssigned = new { email = true } });
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });

        await host.TellAsync();

        (await bea.KindsAsync()).ShouldBe(["TASK_ASSIGNED"]);
        (await host.QueryAsync(ada.TenantId, db => db.NotificationMails.CountAsync())).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task Every_kind_has_its_words(Database database)
    {
        await using var mailing = await MailingHost.StartAsync(database);
        var ada = mailing.Host.NewTenant(Role.Admin, "bea");
        await mailing.RecipientAsync(ada, "bea");
        await mailing.Host.QueryAsync(ada.TenantId, async db =>
        {
            db.AddRange(Enum.GetValues<NotificationKind>().Select(kind => new NotificationMail
            {
                TenantId = ada.TenantId,
                Id = Guid.CreateVersion7(),
                UserId = "bea",
                Kind = kind,
                EventId = Guid.CreateVersion7(),
                Collection = "deals",
                SubjectId = "one",
                Title = "Engine",
                CreatedAt = db.Stamp().At,
            }));
            return await db.SaveChangesAsync();
        });

        await mailing.MailAsync();

        mailing.Receiver.Received.Select(mail => mail.Message.Subject).Distinct().Count().ShouldBe(Enum.GetValues<NotificationKind>().Length);
        mailing.Receiver.Received.ShouldAllBe(mail => mail.Message.Subject!.EndsWith(": Engine", StringComparison.Ordinal));
    }
}
