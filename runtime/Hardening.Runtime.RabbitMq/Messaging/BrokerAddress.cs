using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RabbitMQ.Client;

namespace Hardening.Messaging;

/// <summary>Who is asked, as whom: what messages say, and what the client is told.</summary>
internal sealed class BrokerAddress
{
    private const int DefaultPort = 5672;
    private const int DefaultTlsPort = 5671;
    private const uint MaxBodyBytes = 128 << 20; // what a broker takes by default

    private readonly RabbitMqOptions _options;

    public BrokerAddress(RabbitMqOptions options)
    {
        _options = options;
        var isTls = options.Uri.Scheme == "amqps";
        var userInfo = options.Uri.UserInfo.Split(':', 2);
        Host = options.Uri.Host;
        Port = options.Uri.Port > 0 ? options.Uri.Port : isTls ? DefaultTlsPort : DefaultPort;
        UserName = options.UserName ?? (userInfo[0].Length > 0 ? Uri.UnescapeDataString(userInfo[0]) : ConnectionFactory.DefaultUser);
        VirtualHost = options.VirtualHost ?? (options.Uri.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(options.Uri.AbsolutePath[1..]) : ConnectionFactory.DefaultVHost);
        var password = options.Password ?? (userInfo.Length > 1 ? Uri.UnescapeDataString(userInfo[1]) : ConnectionFactory.DefaultPass);
        Factory = new ConnectionFactory
        {
            UserName = UserName,
            Password = password,
            VirtualHost = VirtualHost,
            ClientProvidedName = options.ClientName ?? $"{AppDomain.CurrentDomain.FriendlyName}@{Environment.MachineName}",
            AutomaticRecoveryEnabled = false, // a lost connection is made anew here, where it is known what was under way on it
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = options.ConnectTimeout,
            HandshakeContinuationTimeout = options.ConnectTimeout,
            ContinuationTimeout = options.ConnectTimeout,
            SocketReadTimeout = options.ConnectTimeout,
            SocketWriteTimeout = options.ConnectTimeout,
            RequestedHeartbeat = options.Heartbeat,
            MaxInboundMessageBodySize = MaxBodyBytes,
        };
    }

    public ConnectionFactory Factory { get; }

    public string Host { get; }

    public int Port { get; }

    public string UserName { get; }

    public string VirtualHost { get; }

    /// <summary>The node of the address, as <c>host:port</c>.</summary>
    public string Broker => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>For messages: all nodes, the virtual host and the user.</summary>
    public string Describe()
    {
        var nodes = _options.Nodes.Count == 0 ? Broker : $"{Broker}, {string.Join(", ", _options.Nodes)}";
        return $"{nodes} (virtual host '{VirtualHost}', user '{UserName}')";
    }

    /// <summary>All nodes. The client begins with another one each time.</summary>
    public IEnumerable<AmqpTcpEndpoint> Endpoints()
    {
        yield return Endpoint(Host, Port);
        foreach (var node in _options.Nodes)
        {
            if (TryParseNode(node, out var host, out var port))
            {
                yield return Endpoint(host, port ?? Port);
            }
        }
    }

    public static bool TryParseNode(string? node, [NotNullWhen(true)] out string? host, out int? port)
    {
        (host, port) = (null, null);
        if (string.IsNullOrWhiteSpace(node) || !Uri.TryCreate("amqp://" + node, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.AbsolutePath.Length > 1)
        {
            return false;
        }

        (host, port) = (uri.Host, uri.Port > 0 ? uri.Port : null);
        return true;
    }

    private AmqpTcpEndpoint Endpoint(string host, int port)
    {
        var isTls = _options.Uri.Scheme == "amqps";
        return new AmqpTcpEndpoint(host, port, new SslOption(_options.TlsServerName ?? host, enabled: isTls), MaxBodyBytes);
    }
}
