using System.Globalization;

namespace Hardening.Cli.Diagnosis;

/// <summary>Reads the counters that files in /proc have, each in its own form.</summary>
internal static class Counters
{
    /// <summary>The files whose counters are read twice, to see what grows.</summary>
    public static IEnumerable<string> Files(Host host)
    {
        List<string> files = ["/proc/net/softnet_stat", "/proc/net/snmp", "/proc/stat"];
        files.AddRange(NetworkPort.Of(host).SelectMany(network => NetworkPort.ErrorCounters.Select(name => network.Counter(name))));
        try
        {
            files.AddRange(new ControlGroups(host).FolderOf("cpu") is { } folder ? [folder + "/cpu.stat"] : []);
        }
        catch (CannotTellException)
        {
            // The checks that need them say so.
        }

        return files;
    }

    /// <summary>A column of hexadecimal numbers; 0 where it is missing.</summary>
    public static long Hexadecimal(string line, int column) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is var fields && fields.Length > column
        && long.TryParse(fields[column], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>From a file with a line of names and one of numbers for each protocol.</summary>
    public static long? Named(string text, string protocol, string name)
    {
        var lines = text.Split('\n').Where(line => line.StartsWith(protocol + ": ", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList();
        return lines is [var names, var numbers, ..] && Array.IndexOf(names, name) is > 0 and var index && index < numbers.Length ? Host.AsNumber(numbers[index]) : null;
    }

    /// <summary>From a file with a name and a number on each line.</summary>
    public static long? Keyed(string text, string name) => text.Split('\n')
        .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Select(line => Host.AsNumber(line[(name.Length + 1)..])).FirstOrDefault();

    /// <summary>The times of all processors together, in the order of proc_stat(5).</summary>
    public static long[] ProcessorTimes(string text) => [.. text.Split('\n')
        .First(line => line.StartsWith("cpu ", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(field => Host.AsNumber(field) ?? 0)];

    /// <summary>The port of an address such as <c>0100007F:0F74</c>.</summary>
    public static long Port(string address) =>
        long.TryParse(address.Split(':')[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port) ? port : 0;

    /// <summary>An IPv4 address of /proc/net, least byte first.</summary>
    public static string Address(string hexadecimal) =>
        uint.TryParse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) ? new System.Net.IPAddress(number).ToString() : hexadecimal;
}
