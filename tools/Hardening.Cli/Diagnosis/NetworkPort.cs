namespace Hardening.Cli.Diagnosis;

/// <summary>A network interface that cameras may be at.</summary>
internal sealed record NetworkPort(string Name)
{
    /// <summary>Counters of packets that came and were lost: by the hardware, or on the wire.</summary>
    public static readonly IReadOnlyList<string> ErrorCounters = ["rx_missed_errors", "rx_fifo_errors", "rx_over_errors", "rx_crc_errors", "rx_length_errors"];

    private const string Root = "/sys/class/net";
    private const string Ethernet = "1"; // ARPHRD_ETHER

    public string Folder => $"{Root}/{Name}";

    public string Counter(string name) => $"{Folder}/statistics/{name}";

    /// <summary>The one that was asked for; else all of Ethernet that are up and have hardware. None for a host of which that is not known.</summary>
    public static IReadOnlyList<NetworkPort> Of(Host host) => host.Scope.Interface is { } name
        ? [new NetworkPort(name)]
        : [.. from found in host.Files.List(Root)
              let network = new NetworkPort(found)
              where host.TryText(network.Folder + "/type") == Ethernet
                  && host.TryText(network.Folder + "/operstate") is not "down"
                  && host.Files.List(network.Folder).Contains("device")
              select network];

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> Names(IHostFiles files) => files.List(Root);

    /// <exception cref="CannotTellException">There is none.</exception>
    public static IReadOnlyList<NetworkPort> Required(Host host) =>
        Of(host) is { Count: > 0 } found ? found : throw new CannotTellException("no network interface with hardware is up; name one with --interface");
}
