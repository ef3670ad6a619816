using static Hardening.Cli.Diagnosis.Quantity;

namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>Each network interface that cameras may be at.</summary>
internal static class InterfaceChecks
{
    private const string Subject = "Network interface";
    private const long JumboMtu = 8192;
    private const long GigabitLink = 1000;
    private const double UsableShare = 0.9; // the rest is for bursts and resent packets

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("mtu", Subject, "an MTU of 9000 where cameras are",
            "Larger packets cost a quarter of the processor time for each byte; a packet that is larger than the MTU is lost or cut.", Mtu),
        new("link", Subject, "full duplex, 1 Gbit/s or more",
            "A link that fell back to 100 Mbit/s, by a bad cable as a rule, carries a tenth of what the cameras send.", Link),
        new("link-budget", Subject, "what the cameras send is at most 90 % of the link",
            "Cameras that share a link lose packets together as soon as their bursts do not fit.", Budget),
        new("receive-rings", Subject, "as many entries as the interface can have",
            "Packets of a burst wait here for the interrupt; the default is a fraction of what the hardware can hold.", Rings),
        new("energy-efficient-ethernet", Subject, "off",
            "The link sleeps between frames and wakes up too late for the first packets of the next one.", EnergyEfficiency),
        new("interface-errors", Subject, "no packets missed or damaged",
            "Packets were lost by the interface, or arrived damaged: the ring is too small, or the cable bad.", Errors),
    ];

    private static IEnumerable<Answer> Mtu(Host host) => Each(host, network =>
    {
        var mtu = host.Number(network.Folder + "/mtu");
        return mtu >= JumboMtu
            ? Answer.Pass(Count(mtu))
            : Answer.Warn(Count(mtu), Remedy.Interface(Hardware(host, network), "ip link set dev $name mtu 9000", network.Name, "mtu"));
    });

    private static IEnumerable<Answer> Link(Host host) => Each(host, network =>
    {
        var speed = host.Number(network.Folder + "/speed");
        var duplex = host.TryText(network.Folder + "/duplex");
        return speed switch
        {
            <= 0 => Answer.Unknown("the interface tells no speed: it is virtual, or nothing is plugged in"),
            _ when duplex == "half" => Answer.Fail($"{Count(speed)} Mbit/s, half duplex", Remedy.Advice("let the switch's port negotiate, and try another cable")),
            < GigabitLink => Answer.Fail($"{Count(speed)} Mbit/s", Remedy.Advice("try another cable, and look at the switch's port")),
            _ => Answer.Pass($"{Count(speed)} Mbit/s, {duplex ?? "unknown"} duplex"),
        };
    });

    private static IEnumerable<Answer> Budget(Host host) => host.Scope.Cameras is not { } cameras
        ? throw new CannotTellException("say what the cameras send: --cameras N --payload BYTES --fps N")
        : Each(host, network =>
        {
            var (speed, needed) = (host.Number(network.Folder + "/speed"), cameras.BitsPerSecond / 1e6);
            var found = $"{Decimal(needed)} of {Count(speed)} Mbit/s";
            return speed switch
            {
                <= 0 => Answer.Unknown($"{Decimal(needed)} Mbit/s are needed, and the interface tells no speed"),
                _ when needed <= speed * UsableShare => Answer.Pass($"{found} ({Share(needed / speed)})"),
                _ when needed <= speed => Answer.Warn($"{found} ({Share(needed / speed)})", Remedy.Advice("spread the bursts: PacketDelay of the camera source (GevSCPD); or a second interface")),
                _ => Answer.Fail($"{found} ({Share(needed / speed)})", Remedy.Advice("fewer cameras for each interface, a lower frame rate, a smaller region, or a faster link")),
            };
        });

    private static IEnumerable<Answer> Rings(Host host) => Each(host, network =>
    {
        var lines = Ask(host, $"ethtool -g {network.Name}").Split('\n').Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(fields => fields is ["RX", _]).Select(fields => Host.AsNumber(fields[1])).ToList();
        return lines is [{ } most, { } now, ..]
            ? now >= most
                ? Answer.Pass(Count(now))
                : Answer.Warn($"{Count(now)} of {Count(most)}", Remedy.Interface(Hardware(host, network), $"ethtool -G $name rx {most}", network.Name, "rings"))
            : Answer.Unknown("the interface tells no size of its receive ring");
    });

    private static IEnumerable<Answer> EnergyEfficiency(Host host) => Each(host, network =>
    {
        var status = Ask(host, $"ethtool --show-eee {network.Name}").Split('\n').Select(line => line.Trim())
            .FirstOrDefault(line => line.StartsWith("EEE status:", StringComparison.Ordinal))?["EEE status:".Length..].Trim();
        return status switch
        {
            null => Answer.Unknown("the interface does not tell"),
            _ when status.StartsWith("enabled", StringComparison.Ordinal) => Answer.Warn(status, Remedy.Interface(Hardware(host, network), "ethtool --set-eee $name eee off", network.Name, "eee")),
            _ => Answer.Pass(status),
        };
    });

    private static IEnumerable<Answer> Errors(Host host) => Each(host, network =>
    {
        var counters = NetworkPort.ErrorCounters.Where(name => host.TryNumber(network.Counter(name)) is not null)
            .Select(name => (Name: name, Value: host.Counter(network.Counter(name), Host.AsNumber))).ToList();
        if (counters.Count == 0)
        {
            return Answer.Unknown("the interface has no counters");
        }

        var remedy = Remedy.Advice($"packets missed: a larger ring (receive-rings); packets damaged: cable, plug, switch. Look: ethtool -S {Remedy.Quoted(network.Name)}");
        var found = string.Join("; ", counters.Where(counter => counter.Value.Total > 0).Select(counter => $"{counter.Name} {counter.Value}"));
        return counters.Any(counter => counter.Value.Since > 0) ? Answer.Fail(found, remedy) : found.Length > 0 ? Answer.Warn(found, remedy) : Answer.Pass("none");
    });

    // One interface that cannot tell does not hide the others.
    private static IEnumerable<Answer> Each(Host host, Func<NetworkPort, Answer> look) => NetworkPort.Required(host).Select(network =>
    {
        try
        {
            return look(network) with { Of = network.Name };
        }
        catch (CannotTellException e)
        {
            return Answer.Unknown(e.Message) with { Of = network.Name };
        }
    });

    private static string Ask(Host host, string command) => host.Files.Output(command) is { Text: { } text } ? text : throw new CannotTellException(host.Files.Output(command).Why);

    private static string Hardware(Host host, NetworkPort network) => host.TryText(network.Folder + "/address") ?? "";
}
