using System.Globalization;
using Microsoft.Extensions.Options;

namespace Hardening.Messaging;

/// <summary>Where the broker is and who asks. Read when the connection is made; changes after that have no effect on it.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Hardening:RabbitMq";

    /// <summary>
    /// The broker: <c>amqp://localhost</c>, the default; in full <c>amqp://user:password@host:port/vhost</c>, or <c>amqps://</c> for TLS. What is not in it is as AMQP has it: port 5672 (TLS: 5671), the
    /// virtual host <c>/</c>, the user <c>guest</c>, which brokers let in from their own machine alone.
    /// </summary>
    public Uri Uri { get; set; } = new("amqp://localhost");

    /// <summary>Further nodes of the same cluster, as <c>host</c> or <c>host:port</c>: an attempt to connect takes the first that answers, in random order. Default: none.</summary>
    public IList<string> Nodes { get; } = [];

    /// <summary>In place of the one in <see cref="Uri"/>; null, the default, for that one.</summary>
    public string? UserName { get; set; }

    /// <summary>In place of the one in <see cref="Uri"/>; null, the default, for that one. It appears in no message and no log.</summary>
    public string? Password { get; set; }

    /// <summary>In place of the one in <see cref="Uri"/>; null, the default, for that one.</summary>
    public string? VirtualHost { get; set; }

    /// <summary>The name in the broker's certificate; null, the default, for the host of <see cref="Uri"/>. With <c>amqps</c> only.</summary>
    public string? TlsServerName { get; set; }

    /// <summary>How this connection is called in the broker's lists. Default: the application's name and the machine's.</summary>
    public string? ClientName { get; set; }

    /// <summary>How long an attempt to connect may take, and each question to the broker. 100 ms to 5 min; default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without a sign of life the other side counts as gone, on both sides. 1 s to 10 min; default 10 s.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after a failed attempt to connect; it doubles with each further failure in a row, and differs by up to a fifth. 1 ms to 1 h; default 200 ms.</summary>
    public TimeSpan FirstReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause between two attempts. <see cref="FirstReconnectDelay"/> to 1 h; default 10 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether a host needs the broker to start: then one that cannot reach it does not start, and says why. Otherwise it starts, serves its local pools, and goes on trying. Default true. A broker that
    /// goes away later ends no host in either case.
    /// </summary>
    public bool Required { get; set; } = true;

    /// <summary>A copy that nobody changes.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range; the message names all that are.</exception>
    internal static RabbitMqOptions Checked(RabbitMqOptions? options)
    {
        options ??= new RabbitMqOptions();
        if (new RabbitMqOptionsValidator().Validate(Options.DefaultName, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(RabbitMqOptions), failed.Failures!);
        }

        var copy = new RabbitMqOptions
        {
            Uri = options.Uri,
            UserName = options.UserName,
            Password = options.Password,
            VirtualHost = options.VirtualHost,
            TlsServerName = options.TlsServerName,
            ClientName = options.ClientName,
            ConnectTimeout = options.ConnectTimeout,
            Heartbeat = options.Heartbeat,
            FirstReconnectDelay = options.FirstReconnectDelay,
            MaxReconnectDelay = options.MaxReconnectDelay,
            Required = options.Required,
        };
        foreach (var node in options.Nodes)
        {
            copy.Nodes.Add(node);
        }

        return copy;
    }
}

/// <summary>By hand rather than by attribute: it says why, it relates properties, and it needs no reflection (AOT). No message repeats the address: it may have a password in it.</summary>
internal sealed class RabbitMqOptionsValidator : IValidateOptions<RabbitMqOptions>
{
    private const int MaxNodes = 64;

    public ValidateOptionsResult Validate(string? name, RabbitMqOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        CheckAddress(options, result);
        CheckTimes(options, result);
        return result.Build();
    }

    private static void CheckAddress(RabbitMqOptions options, ValidateOptionsResultBuilder result)
    {
        if (options.Uri is not { IsAbsoluteUri: true } uri || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
        {
            result.AddError("must be amqp://user:password@host:port/vhost, or amqps:// for TLS.", nameof(options.Uri));
        }
        else
        {
            if (uri.AbsolutePath.LastIndexOf('/') > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            {
                result.AddError("must end with the virtual host, in which '/' is written as '%2F', '?' as '%3F' and '#' as '%23'.", nameof(options.Uri));
            }

            if (options.TlsServerName is not null && uri.Scheme != "amqps")
            {
                result.AddError("is for TLS, and the Uri does not begin with amqps://.", nameof(options.TlsServerName));
            }
        }

        if (options.Nodes.Count > MaxNodes)
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"must be at most {MaxNodes}, but are {options.Nodes.Count}."), nameof(options.Nodes));
        }

        foreach (var node in options.Nodes.Where(node => !BrokerAddress.TryParseNode(node, out _, out _)))
        {
            result.AddError($"must be 'host' or 'host:port', but one is '{node}'.", nameof(options.Nodes));
        }

        foreach (var (value, property) in new[] { (options.UserName, nameof(options.UserName)), (options.VirtualHost, nameof(options.VirtualHost)), (options.ClientName, nameof(options.ClientName)) })
        {
            if (value is { Length: 0 or > 255 })
            {
                result.AddError("must have 1 to 255 characters, or be left out.", property);
            }
        }
    }

    private static void CheckTimes(RabbitMqOptions options, ValidateOptionsResultBuilder result)
    {
        Check(nameof(options.ConnectTimeout), options.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Check(nameof(options.Heartbeat), options.Heartbeat, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Check(nameof(options.FirstReconnectDelay), options.FirstReconnectDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        if (options.MaxReconnectDelay < options.FirstReconnectDelay || options.MaxReconnectDelay > TimeSpan.FromHours(1))
        {
            result.AddError($"must be FirstReconnectDelay ({options.FirstReconnectDelay}) to 1 h, but is {options.MaxReconnectDelay}.", nameof(options.MaxReconnectDelay));
        }

        void Check(string property, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                result.AddError($"must be {least} to {most}, but is {value}.", property);
            }
        }
    }
}
