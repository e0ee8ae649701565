using System.Net.Sockets;
using System.Text;

namespace Crm.Tests.Kit;

/// <summary>A request as its bytes stand, for what no client would send: a header on two lines, a path that isn't tidied.</summary>
public static class RawHttp
{
    /// <returns>The whole answer: status line, headers and body.</returns>
    public static Task<string> SendAsync(Uri address, string method, string target, params (string Name, string Value)[] headers) => SendAsync(address, method, target, "", headers);

    /// <summary>Sends a body whose length a header tells, or doesn't.</summary>
    public static async Task<string> SendAsync(Uri address, string method, string target, string body, params (string Name, string Value)[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        var lines = headers.Select(header => $"{header.Name}: {header.Value}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{string.Concat(lines)}\r\n{body}"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    public static int StatusOf(string answer) => int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
}
