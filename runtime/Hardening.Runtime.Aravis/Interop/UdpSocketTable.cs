using System.Globalization;
using System.Net;

namespace Hardening.Interop;

/// <summary>A UDP socket as the kernel tells of it.</summary>
/// <param name="Inode">Which socket it is.</param>
/// <param name="Drops">Datagrams that found its receive buffer full.</param>
internal readonly record struct UdpSocketRow(ulong Inode, long Drops);

/// <summary>Reads /proc/thread-self/net/udp: the only place that tells how many packets the kernel dropped for one socket.</summary>
internal static class UdpSocketTable
{
    private const string Path = "/proc/thread-self/net/udp";

    public static UdpSocketRow? Find(IPEndPoint local)
    {
        try
        {
            return Find(File.ReadLines(Path), local);
        }
        catch (IOException)
        {
            return null; // no /proc: the counter is then missing, and says nothing
        }
    }

    internal static UdpSocketRow? Find(IEnumerable<string> lines, IPEndPoint local)
    {
        // The address is a 32-bit number in the machine's byte order, the port in plain hexadecimal.
        var address = BitConverter.ToUInt32(local.Address.GetAddressBytes());
        var wanted = string.Create(CultureInfo.InvariantCulture, $"{address:X8}:{local.Port:X4}");
        foreach (var line in lines)
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length >= 13 && columns[1] == wanted)
            {
                return new UdpSocketRow(ulong.Parse(columns[9], CultureInfo.InvariantCulture), long.Parse(columns[12], CultureInfo.InvariantCulture));
            }
        }

        return null;
    }
}
