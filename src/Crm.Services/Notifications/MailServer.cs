using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Crm.Services.Notifications;

/// <summary>The mail server can't be talked to: no mail counts a try.</summary>
public sealed class MailServerAwayException(Exception inner) : Exception("The mail server can't be reached, or lets nobody in.", inner);

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
    /// <returns>Null once the server has it; else why not, as the server says it.</returns>
    public async Task<string?> SendAsync(MimeMessage message)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await client.SendAsync(message, limit.Token);
            return null;
        }
        catch (SmtpCommandException e)
        {
            return $"The mail server answered {(int)e.StatusCode}: {e.Message}";
        }
        catch (Exception e)
        {
            // Whatever it was, the connection is in a state that nobody knows.
            await client.DisconnectAsync(quit: false, CancellationToken.None);
            return limit.IsCancellationRequested ? $"The mail server didn't answer within {Patience.TotalSeconds:0} s." : $"Sending broke off: {e.Message}";
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
}
