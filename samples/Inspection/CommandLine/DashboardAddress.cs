using System.CommandLine.Parsing;
using System.Net;

namespace Inspection.CommandLine;

/// <summary>Where the dashboard is served: on this machine, and nowhere else.</summary>
internal static class DashboardAddress
{
    private const string LocalHost = "localhost";

    /// <summary>Where it is when nothing else is asked for.</summary>
    public static IPEndPoint Default { get; } = new(IPAddress.Loopback, 5080);

    /// <summary>Reads an address, or a port alone.</summary>
    public static IPEndPoint? Read(ArgumentResult result)
    {
        if (result.Tokens is not [var token])
        {
            return Default;
        }

        if (int.TryParse(token.Value, out var port) && port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort)
        {
            return new IPEndPoint(IPAddress.Loopback, port);
        }

        if (Uri.TryCreate(token.Value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" })
        {
            var host = uri.Host == LocalHost ? IPAddress.Loopback : IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) ? address : null;
            if (host is not null && IPAddress.IsLoopback(host))
            {
                return new IPEndPoint(host, uri.Port);
            }
        }

        result.AddError($"--dashboard must be an address of this machine alone, such as http://{Default}, or a port, but is '{token.Value}'");
        return null;
    }
}
