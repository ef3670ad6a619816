using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>From where on this machine a camera is reached.</summary>
/// <param name="Local">The address that it sends to.</param>
/// <param name="Interface">The network interface; null when it is not known.</param>
/// <param name="Mtu">The largest packet that the way carries; null when it is not known.</param>
internal sealed record CameraRoute(IPAddress Local, string? Interface, int? Mtu)
{
    public const int ControlPort = Interop.Gvcp.ControlPort;

    /// <summary>Asks the routing table; nothing is sent. The library must be given a proper address of this machine: with another one it crashes.</summary>
    /// <exception cref="FrameSourceException">There is no way to the camera, or the given address is not one of this machine.</exception>
    public static CameraRoute Find(string source, IPAddress camera, IPAddress? local)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (local is not null)
        {
            try
            {
                socket.Bind(new IPEndPoint(local, 0));
            }
            catch (SocketException e)
            {
                throw new FrameSourceException(source, $"{local} is not an IPv4 address of this machine, so camera '{source}' cannot send to it; there are {string.Join(", ", LocalAddresses())}.", e);
            }
        }

        try
        {
            socket.Connect(new IPEndPoint(camera, ControlPort));
        }
        catch (SocketException e)
        {
            throw new FrameSourceException(source, $"There is no route to {camera} (camera '{source}'): {e.Message}. Give this machine an address in the camera's network.", e);
        }

        var from = ((IPEndPoint)socket.LocalEndPoint!).Address;
        var network = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(i => i.GetIPProperties().UnicastAddresses.Any(a => a.Address.Equals(from)));
        return new CameraRoute(from, network?.Name, MtuOf(socket));
    }

    /// <summary>A sentence on the classic mistake: the camera is in another subnet than this machine; empty when it is not.</summary>
    public static string ExplainSilence(IPAddress camera) =>
        LocalNetwork.All() is var networks && networks.Any(network => network.Contains(camera)) ? ""
            : $" {camera} is in no subnet of this machine, which has {string.Join(", ", networks)}: give the camera or this machine an address of one subnet ({nameof(AravisCameras)}.{nameof(AravisCameras.Discover)} shows cameras of other subnets too).";

    // Of the route that the connected socket takes.
    private static int? MtuOf(Socket connected)
    {
        const int Ip = 0;
        const int IpMtu = 14;
        var mtu = 0;
        try
        {
            connected.GetRawSocketOption(Ip, IpMtu, MemoryMarshal.AsBytes(new Span<int>(ref mtu)));
            return mtu;
        }
        catch (SocketException)
        {
            return null; // then nothing is checked
        }
    }

    private static IEnumerable<IPAddress> LocalAddresses() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        from address in network.GetIPProperties().UnicastAddresses
        where address.Address.AddressFamily == AddressFamily.InterNetwork
        select address.Address;
}
