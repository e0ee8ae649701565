using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace Crm.Tests.Kit;

/// <summary>A mail as a server took it.</summary>
public sealed record ReceivedMail(string From, IReadOnlyList<string> To, string Raw)
{
    public MimeMessage Message { get; } = MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(Raw)));

    public string Text => Message.TextBody!.ReplaceLineEndings("\n");
}

/// <summary>A mail server that a test can make misbehave: as much of RFC 5321 as one who sends meets.</summary>
public sealed class SmtpReceiver : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly X509Certificate2? certificate;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<TcpClient, Task> connections = new();
    private readonly Task accepting;
    private bool isGone;

    private SmtpReceiver(int port, X509Certificate2? certificate)
    {
        this.certificate = certificate;
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>All that was taken, told or not.</summary>
    public ConcurrentQueue<ReceivedMail> Received { get; } = new();

    /// <summary>All commands, without what they were said with in data.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>What to answer to a command instead; null to go on.</summary>
    public Func<string, string?> Instead { get; set; } = _ => null;

    /// <summary>What to answer once a mail was taken; null to hang up without a word.</summary>
    public Func<ReceivedMail, Task<string?>> AfterTaking { get; set; } = _ => Task.FromResult<string?>("250 taken");

    public static SmtpReceiver Start(int port = 0) => new(port, null);

    /// <summary>One that shows a certificate which nobody has signed.</summary>
    public static SmtpReceiver StartWithTls()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(30), DateTimeOffset.UnixEpoch.AddYears(200));
        return new SmtpReceiver(0, X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null));
    }

    /// <summary>Goes away; once, though several hosts may have shared it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isGone) return;
        isGone = true;
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        foreach (var client in connections.Keys) client.Dispose();
        await Task.WhenAll(connections.Values);
        certificate?.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                connections[client] = ServeGuardedAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeGuardedAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or AuthenticationException)
            {
                // Whoever was talked to has gone.
            }
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        var reader = new StreamReader(stream, Encoding.UTF8);
        var (from, to) = ("", new List<string>());
        await SayAsync(stream, "220 receiver ready");
        while (await reader.ReadLineAsync(stopping.Token) is { } command)
        {
            Commands.Enqueue(command);
            var verb = command.Split(' ', ':')[0].ToUpperInvariant();
            if (Instead(command) is { } reply)
            {
                await SayAsync(stream, reply);
                continue;
            }

            if (verb == "MAIL") (from, to) = (PathIn(command), []);
            if (verb == "RCPT") to.Add(PathIn(command));
            if (verb == "DATA")
            {
                await SayAsync(stream, "354 go on");
                var mail = new ReceivedMail(from, to, await DataAsync(reader));
                Received.Enqueue(mail);
                if (await AfterTaking(mail) is not { } answer) return;
                await SayAsync(stream, answer);
                continue;
            }

            await SayAsync(stream, verb switch
            {
                "EHLO" when certificate is not null && stream is not SslStream => "250-receiver\r\n250-STARTTLS\r\n250 AUTH PLAIN",
                "EHLO" => "250-receiver\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                "AUTH" => "235 welcome",
                "STARTTLS" => "220 go on",
                "QUIT" => "221 farewell",
                "MAIL" or "RCPT" or "RSET" or "NOOP" or "HELO" => "250 fine",
                _ => "500 what?",
            });
            if (verb == "QUIT") return;
            if (verb != "STARTTLS") continue;
            var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stopping.Token);
            (stream, reader) = (secure, new StreamReader(secure, Encoding.UTF8));
        }
    }

    private async Task<string> DataAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(stopping.Token) is { } line && line != ".") text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return text.ToString();
    }

    private static Task SayAsync(Stream stream, string line) => stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n")).AsTask();

    private static string PathIn(string command) => command[(command.IndexOf('<', StringComparison.Ordinal) + 1)..command.IndexOf('>', StringComparison.Ordinal)];
}
