using System.Net;
using System.Net.NetworkInformation;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>Addresses of this machine's loopback for simulated cameras, which need one each. Those that it added go when it is disposed.</summary>
internal sealed class LoopbackAddresses : IDisposable
{
    private readonly List<string> _added = [];

    /// <summary>Adds addresses of 127/8 that depend on this process, so that several runs on one machine do not meet.</summary>
    public static LoopbackAddresses Add(int count)
    {
        var addresses = new LoopbackAddresses();
        var id = Environment.ProcessId;
        try
        {
            for (var host = 10; addresses._added.Count < count; host++)
            {
                addresses.Add($"127.{80 + (id >> 8 & 31)}.{id & 255}.{host}");
            }

            return addresses;
        }
        catch
        {
            addresses.Dispose();
            throw;
        }
    }

    public IReadOnlyList<IPAddress> All => [.. _added.Select(IPAddress.Parse)];

    public void Dispose()
    {
        foreach (var address in _added)
        {
            Shell.Run("ip", "address", "del", address + "/8", "dev", "lo");
        }

        _added.Clear();
    }

    private void Add(string address)
    {
        if (NetworkInterface.GetAllNetworkInterfaces().Any(network => network.GetIPProperties().UnicastAddresses.Any(own => own.Address.ToString() == address)))
        {
            return; // somebody else's
        }

        var (exit, output) = Shell.Run("ip", "address", "add", address + "/8", "dev", "lo");
        if (exit != 0)
        {
            throw new IOException($"'ip address add {address}/8 dev lo' failed: {output.Trim()}. It needs iproute2 and CAP_NET_ADMIN.");
        }

        _added.Add(address);
    }
}
