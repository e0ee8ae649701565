using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Hosting;

public sealed class StopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Told_to_stop_under_load_it_answers_all_that_it_does_and_ends_with_0()
    {
        var folder = Directory.CreateTempSubdirectory("crm-stop-");
        var tenantId = Guid.CreateVersion7();
        var token = (await Hosts.For(Database.Sqlite)).Token(tenantId, "ada", Role.Admin);
        var created = 0;
        await using (var service = CrmProcess.Start([], SettingTests.With(), folder.FullName))
        {
            using var http = Http(await service.ListeningAsync(), tenantId, token);
            var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writers = Enumerable.Range(0, 8).Select(_ => WriteUntilGoneAsync(http, () =>
            {
                if (Interlocked.Increment(ref created) == 100) loaded.SetResult();
            })).ToList();
            await await Task.WhenAny([loaded.Task, .. writers]);

            service.Terminate();

            (await service.EndAsync()).ShouldBe(0);
            await Task.WhenAll(writers);
            service.Errors.ShouldBeEmpty();
        }

        await using (var service = CrmProcess.Start([], SettingTests.With(), folder.FullName))
        {
            using var http = Http(await service.ListeningAsync(), tenantId, token);
            (await http.GetFromJsonAsync<JsonElement>("/api/leads", Ct)).GetProperty("total").GetInt32().ShouldBe(created);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Told_to_stop_while_a_client_is_slow_to_send_it_ends_with_0()
    {
        await using var service = CrmProcess.Start([], SettingTests.With());
        var url = await service.ListeningAsync();
        using var slow = new TcpClient();
        await slow.ConnectAsync(url.Host, url.Port, Ct);
        await slow.GetStream().WriteAsync("POST /api/leads HTTP/1.1\r\nHost: crm\r\nContent-Length: 100\r\n\r\n{"u8.ToArray(), Ct);

        service.Terminate();

        (await service.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_worker_runs_until_it_is_told_to_stop()
    {
        await using var worker = CrmProcess.Start(["worker"], SettingTests.With());
        await worker.SaysAsync("Application started");

        worker.Terminate();

        (await worker.EndAsync()).ShouldBe(0);
        worker.Errors.ShouldBeEmpty();
    }

    private static async Task WriteUntilGoneAsync(HttpClient http, Action written)
    {
        while (true)
        {
            try
            {
                using var answer = await http.PostAsJsonAsync("/api/leads", new { lastName = "Another" }, Ct);
                answer.StatusCode.ShouldBe(HttpStatusCode.Created);
                written();
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static HttpClient Http(Uri url, Guid tenantId, string token)
    {
        var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        http.DefaultRequestHeaders.Add("X-Tenant-Id", tenantId.ToString());
        return http;
    }
}
