using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Crm.Services.Notifications;

/// <summary>The mail server can't be talked to: no mail counts a try.</summary>
public sealed class MailServerAwayException(Exception inner) : Exception("The mail server can't be reached, or lets nobody in.", inner);

/// <summary>Why a mail server didn't take a mail.</summary>
/// <param name="Text">As the server says it.</param>
/// <param name="MayBeOut">Whether it may have taken it nevertheless: it was told the message, and didn't answer.</param>
/// <param name="IsFinal">Whether it won't take it another time either (RFC 5321, 4.2.1: a code of 500 and more).</param>
internal sealed record MailProblem(string Text, bool MayBeOut, bool IsFinal);

/// <summary>A way to the mail server, over which mails go one after another.</summary>
internal sealed class MailServer : IDisposable
{
    /// <summary>How long connecting, or sending a mail, may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SmtpClient client = new()
    {
        Timeout = (int)Patience.TotalMilliseconds,
        CheckCertificateRevocation = false, // whose lists can't be had is no reason not to send; the rest of a certificate is checked
    };

    private MailServer()
    {
    }

    public bool IsConnected => client.IsConnected;

    /// <exception cref="MailServerAwayException">It can't be reached, isn't the one that it should be, or doesn't know us.</exception>
    public static async Task<MailServer> ConnectAsync(SmtpSettings settings, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        var server = new MailServer();
        try
        {
            await server.client.ConnectAsync(settings.Host!, settings.Port, OptionOf(settings.Security), limit.Token);
            if (settings.Username is { } name) await server.client.AuthenticateAsync(name, settings.Password ?? "", limit.Token);
            return server;
        }
        catch (Exception e)
        {
            server.Dispose();
            if (ct.IsCancellationRequested) throw;
            throw new MailServerAwayException(e);
        }
    }

    /// <summary>Sends one, and doesn't stop in the midst of it: whether it went out wouldn't be known.</summary>
    /// <returns>Null once the server has it; else why not.</returns>
    public async Task<MailProblem?> SendAsync(MimeMessage message)
    {
        using var limit = new CancellationTokenSource(Patience);
        var told = new Told();
        try
        {
            await client.SendAsync(message, limit.Token, told);
            return null;
        }
        catch (SmtpCommandException e)
        {
            return new MailProblem($"The mail server answered {(int)e.StatusCode}: {e.Message}", MayBeOut: false, IsFinal: (int)e.StatusCode >= 500);
        }
        catch (Exception e)
        {
            // Whatever it was, the connection is in a state that nobody knows.
            await client.DisconnectAsync(quit: false, CancellationToken.None);
            return new MailProblem(limit.IsCancellationRequested ? $"The mail server didn't answer within {Patience.TotalSeconds:0} s." : $"Sending broke off: {e.Message}", told.Anything, IsFinal: false);
        }
    }

    public async Task LeaveAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SmtpProtocolException or SmtpCommandException)
        {
            // All that was sent was taken; a farewell that isn't heard changes nothing.
        }
    }

    public void Dispose() => client.Dispose();

    private static SecureSocketOptions OptionOf(SmtpSecurity security) => security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.None,
    };

    /// <summary>Whether the server was told anything of the message itself.</summary>
    private sealed class Told : ITransferProgress
    {
        public bool Anything { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => Anything = true;

        public void Report(long bytesTransferred) => Anything = true;
    }
}
