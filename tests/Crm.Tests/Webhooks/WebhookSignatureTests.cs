using System.Net;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using Xunit;

namespace Crm.Tests.Webhooks;

/// <summary>What an endpoint receives, held against an implementation of Standard Webhooks that isn't ours.</summary>
public sealed class WebhookSignatureTests(WebhookHosts hosts) : IClassFixture<WebhookHosts>
{
    [Theory, EachDatabase]
    public async Task What_is_sent_is_a_CloudEvent_that_Standard_Webhooks_verify(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var lead = await hook.Admin.MakeAsync("leads", new { lastName = "Brückner 😀" });
        await crm.TellAsync();

        var sent = hook.Sent.ShouldHaveSingleItem();

        Verify(sent, hook.Secret);
        sent.Headers.ContentType.ToString().ShouldBe("application/cloudevents+json; charset=utf-8");
        sent.Headers.UserAgent.ToString().ShouldNotBeEmpty();
        sent.Headers.ContainsKey("traceparent").ShouldBeFalse();
        sent.Id.ShouldBe(sent.Json.GetProperty("id").GetString());
        (sent.Json.GetProperty("specversion").GetString(), sent.Type, sent.Json.GetProperty("subject").GetString()).ShouldBe(("1.0", "lead.created", $"leads/{lead}"));
        sent.Json.GetProperty("data").GetProperty("record").GetProperty("lastName").GetString().ShouldBe("Brückner 😀");
        Should.Throw<WebhookVerificationException>(() => Verify(sent, "whsec_" + Convert.ToBase64String(new byte[32])));
        Should.Throw<WebhookVerificationException>(() => Verify(sent with { Body = sent.Body.Replace("Brückner", "Bruckner", StringComparison.Ordinal) }, hook.Secret));
    }

    [Theory, EachDatabase]
    public async Task An_event_that_is_sent_again_has_its_id_and_a_new_time(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        crm.Endpoint.Answer(hook.Url, 500);
        await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });
        await crm.TellAsync();
        crm.Endpoint.GetWell(hook.Url);
        var second = hook.Sent.ShouldHaveSingleItem().Timestamp + 1;
        while (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() < second) await Task.Delay(20, TestContext.Current.CancellationToken);

        await hook.LetPassAsync();
        await crm.TellAsync();

        hook.Sent.Count.ShouldBe(2);
        foreach (var sent in hook.Sent) Verify(sent, hook.Secret);
        hook.Sent[1].Id.ShouldBe(hook.Sent[0].Id);
        hook.Sent[1].Body.ShouldBe(hook.Sent[0].Body);
        hook.Sent[1].Timestamp.ShouldBeGreaterThanOrEqualTo(second);
        hook.Sent[1].Signatures.ShouldNotBe(hook.Sent[0].Signatures);
    }

    [Theory, EachDatabase]
    public async Task While_a_secret_is_rotated_both_verify_what_is_sent(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());

        var rotated = (await hook.Admin.PostAsync($"{hook.Path}/rotate-secret")).ShouldBe(HttpStatusCode.OK);
        await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });
        await crm.TellAsync();
        var during = hook.Sent[^1];
        await crm.Host.QueryAsync(hook.Admin.TenantId, db => db.Webhooks.ExecuteUpdateAsync(set => set.SetProperty(w => w.PreviousSecretUntil, DateTimeOffset.UnixEpoch)));
        await hook.Admin.MakeAsync("leads", new { lastName = "Hopper" });
        await crm.TellAsync();
        var after = hook.Sent[^1];

        var secret = rotated["secret"].GetString()!;
        (rotated["previousSecretUntil"].GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).ShouldBeInRange(TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        secret.ShouldNotBe(hook.Secret);
        during.Signatures.Distinct().Count().ShouldBe(2);
        Verify(during, hook.Secret);
        Verify(during, secret);
        after.Signatures.Length.ShouldBe(1);
        Verify(after, secret);
        Should.Throw<WebhookVerificationException>(() => Verify(after, hook.Secret));
    }

    [Theory, EachDatabase]
    public async Task No_secret_is_in_a_log_a_list_or_the_audit(Database database)
    {
        var crm = await WebhookHost.StartAsync(database, ("Logging:LogLevel:Default", "Trace"));
        await using (crm)
        {
            var hook = await crm.MakeAsync(crm.Host.NewTenant());
            var secrets = new List<string> { hook.Secret, (await hook.Admin.PostAsync($"{hook.Path}/rotate-secret"))["secret"].GetString()! };
            await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });
            await crm.TellAsync();
            crm.Endpoint.Answer(hook.Url, StubEndpoint.HangAsync);
            await hook.Admin.PostAsync($"{hook.Path}/test");
            var answers = new List<string>();
            foreach (var path in new[] { hook.Path, "/api/webhooks", $"{hook.Path}/deliveries", "/api/audit" }) answers.Add((await hook.Admin.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Text);

            hook.Sent.Count.ShouldBe(2);
            crm.Logs.Lines.ShouldNotBeEmpty();
            foreach (var secret in secrets.Select(secret => secret["whsec_".Length..]))
            {
                answers.ShouldAllBe(answer => !answer.Contains(secret));
                crm.Logs.Lines.ShouldAllBe(line => !line.Whole.Contains(secret));
            }

            crm.Logs.Lines.ShouldAllBe(line => !line.Whole.Contains(new Uri(hook.Url).AbsolutePath));
        }
    }

    private static void Verify(Sent sent, string secret) => new StandardWebhook(secret).Verify(sent.Body, sent.Headers);
}
