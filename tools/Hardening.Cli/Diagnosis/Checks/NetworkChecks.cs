using static Hardening.Cli.Diagnosis.Quantity;

namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>What the host does with packets before an application has them.</summary>
internal static class NetworkChecks
{
    private const string Subject = "Network";
    private const long ReceiveBuffer = 64 << 20; // what the camera source asks for
    private const long LeastReceiveBuffer = 16 << 20;
    private const long LeastDefaultBuffer = 1 << 20;
    private const long LeastBacklog = 10_000;
    private const int CapNetAdmin = 12;

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("receive-buffer", Subject, "net.core.rmem_max at least 16 MiB, or CAP_NET_ADMIN for the application",
            "Packets wait here while the application does not run; with the usual 208 KiB, 0 to 10 % of frames of 1.3 MB arrive whole.", ReceiveBuffers),
        new("receive-buffer-default", Subject, "net.core.rmem_default at least 1 MiB",
            "Programs that ask for no buffer of their own, many camera tools among them, get this one.", DefaultBuffer),
        new("receive-backlog", Subject, "net.core.netdev_max_backlog at least 10,000",
            "Bursts of several cameras wait here for a processor; what does not fit is lost before any socket sees it.", Backlog),
        new("receive-drops", Subject, "no packet dropped in /proc/net/softnet_stat",
            "These packets were lost because no processor took them off the backlog in time.", SoftnetDrops),
        new("udp-errors", Subject, "RcvbufErrors of /proc/net/snmp does not grow",
            "Each is a packet for which a receive buffer had no room: the frame that it belonged to arrived damaged.", UdpErrors),
        new("udp-socket-drops", Subject, "no drops in /proc/net/udp",
            "It tells which socket loses packets: its application is too slow or its buffer too small.", SocketDrops),
        new("reverse-path-filter", Subject, "rp_filter 0 or 2",
            "With 1, packets of a camera in another subnet, or behind a second interface, vanish without a trace.", ReversePath),
        new("firewall", Subject, "inbound UDP from the cameras to any port",
            "Cameras send their streams to ports that change with each start: a firewall that does not know the camera's address drops all of it.", Firewall),
        new("subnets", Subject, "each subnet on one interface only",
            "With two interfaces in one subnet, the system takes the first for all that it sends, and cameras at the second do not answer.", Subnets),
    ];

    private static IEnumerable<Answer> ReceiveBuffers(Host host)
    {
        var most = host.Number("/proc/sys/net/core/rmem_max");
        var wanted = Math.Max(LeastReceiveBuffer, host.Scope.Cameras?.BufferBytes ?? 0);
        if (most >= wanted)
        {
            yield return Answer.Pass(Bytes(most));
        }
        else if (host.Scope.ProcessId is not null && host.HasCapability(CapNetAdmin))
        {
            yield return Answer.Pass($"{Bytes(most)}, which the process may exceed (CAP_NET_ADMIN)");
        }
        else
        {
            yield return new Answer(host.Scope.HasCameras ? Verdict.Failed : Verdict.Warned, Bytes(most))
            {
                Wanted = host.Scope.Cameras is null ? null : $"at least {Bytes(wanted)} for these cameras",
                Remedy = Remedy.Sysctl("net.core.rmem_max", Math.Max(ReceiveBuffer, wanted)),
            };
        }
    }

    private static IEnumerable<Answer> DefaultBuffer(Host host)
    {
        var bytes = host.Number("/proc/sys/net/core/rmem_default");
        yield return bytes >= LeastDefaultBuffer ? Answer.Pass(Bytes(bytes)) : Answer.Warn(Bytes(bytes), Remedy.Sysctl("net.core.rmem_default", LeastDefaultBuffer));
    }

    private static IEnumerable<Answer> Backlog(Host host)
    {
        var packets = host.Number("/proc/sys/net/core/netdev_max_backlog");
        yield return packets >= LeastBacklog ? Answer.Pass(Count(packets)) : Answer.Warn(Count(packets), Remedy.Sysctl("net.core.netdev_max_backlog", LeastBacklog));
    }

    private static IEnumerable<Answer> SoftnetDrops(Host host)
    {
        var dropped = host.Counter("/proc/net/softnet_stat", text => text.Split('\n').Sum(line => Counters.Hexadecimal(line, column: 1)));
        yield return dropped switch
        {
            { Since: > 0 } => Answer.Fail(dropped.ToString(), LargerBacklog(host)),
            { Total: > 0 } => Answer.Warn(dropped.ToString(), LargerBacklog(host)),
            _ => Answer.Pass("none"),
        };
    }

    private static IEnumerable<Answer> UdpErrors(Host host)
    {
        var errors = host.Counter("/proc/net/snmp", text => Counters.Named(text, "Udp", "RcvbufErrors"));
        var received = host.Counter("/proc/net/snmp", text => Counters.Named(text, "Udp", "InDatagrams"));
        yield return errors switch
        {
            { Since: > 0 } => Answer.Fail(errors.ToString(), LargerBuffer(host)),
            { Total: > 0 } => Answer.Warn($"{errors}, of {Count(received.Total)} packets", LargerBuffer(host)),
            _ => Answer.Pass("none"),
        };
    }

    private static IEnumerable<Answer> SocketDrops(Host host)
    {
        var lines = host.Text(host.Process + "/net/udp").Split('\n').Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var losing = (from fields in lines
                      where fields.Length > 12 && Host.AsNumber(fields[12]) is > 0
                      let drops = Host.AsNumber(fields[12])!.Value
                      orderby drops descending
                      select $"port {Counters.Port(fields[1])} of user {fields[7]}: {Count(drops)}").ToList();
        yield return losing.Count == 0
            ? Answer.Pass("none, of the sockets that are open now")
            : Answer.Warn(string.Join(", ", losing.Take(3)) + (losing.Count > 3 ? $" and {losing.Count - 3} more" : ""), LargerBuffer(host));
    }

    private static IEnumerable<Answer> ReversePath(Host host)
    {
        const string Folder = "/proc/sys/net/ipv4/conf";
        var all = host.Number($"{Folder}/all/rp_filter");
        foreach (var network in NetworkPort.Of(host))
        {
            var effective = Math.Max(all, host.Number($"{Folder}/{network.Name}/rp_filter")); // the kernel takes the larger one
            yield return effective == 1
                ? Answer.Warn("1 (strict)", new Remedy(
                    $"sysctl -w net.ipv4.conf.all.rp_filter=2\nsysctl -w net/ipv4/conf/{Remedy.Quoted(network.Name)}/rp_filter=2",
                    "echo 'net.ipv4.conf.*.rp_filter = 2' > /etc/sysctl.d/90-hardening-rp_filter.conf")) with { Of = network.Name }
                : Answer.Pass(effective == 0 ? "0 (off)" : $"{effective} (loose)") with { Of = network.Name };
        }
    }

    private static IEnumerable<Answer> Firewall(Host host)
    {
        var hasTables = host.TryText("/proc/net/ip_tables_names") is { Length: > 0 } tables && tables.Split('\n').Contains("filter");
        var hasNft = (host.TryText("/proc/modules") ?? "").Split('\n').Any(line => line.StartsWith("nf_tables ", StringComparison.Ordinal));
        yield return (hasTables, hasNft) switch
        {
            (true, _) => Answer.Warn("iptables has filter rules", Remedy.Advice("look: iptables -S INPUT; let cameras in: iptables -I INPUT -p udp -s CAMERA -j ACCEPT")),
            (_, true) => Answer.Unknown("nf_tables is loaded, and files do not tell its rules; look: nft list ruleset"),
            _ => host.Files.Read("/proc/net/ip_tables_names").Text is null && host.Files.Read("/proc/modules").Text is null
                ? Answer.Unknown("neither /proc/net/ip_tables_names nor /proc/modules can be read")
                : Answer.Pass("no filter rules are loaded"),
        };
    }

    private static IEnumerable<Answer> Subnets(Host host)
    {
        var shared = (from line in host.Text("/proc/net/route").Split('\n').Skip(1)
                      let fields = line.Split('\t', StringSplitOptions.TrimEntries)
                      where fields.Length > 7 && fields[7] != "00000000" && fields[2] == "00000000" // a subnet of our own, not a route to others
                      group fields[0] by (fields[1], fields[7]) into subnet
                      where subnet.Distinct().Count() > 1
                      select $"{Counters.Address(subnet.Key.Item1)} on {string.Join(" and ", subnet.Distinct())}").ToList();
        yield return shared.Count == 0
            ? Answer.Pass("none is shared")
            : Answer.Warn(string.Join(", ", shared), Remedy.Advice("give each interface a subnet of its own, and the cameras at it addresses in there"));
    }

    private static Remedy LargerBuffer(Host host) => host.TryNumber("/proc/sys/net/core/rmem_max") >= ReceiveBuffer
        ? Remedy.Advice("the system allows a large buffer: have the application ask for one (ReceiveBufferBytes), and look why it reads too slowly (harden watch PID)")
        : Remedy.Sysctl("net.core.rmem_max", ReceiveBuffer);

    private static Remedy LargerBacklog(Host host) =>
        Remedy.Sysctl("net.core.netdev_max_backlog", Math.Max(LeastBacklog, 2 * (host.TryNumber("/proc/sys/net/core/netdev_max_backlog") ?? 0)));
}
