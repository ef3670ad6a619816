using System.Net;
using System.Net.Sockets;
using System.Text;
using Hardening.Camera;

namespace Hardening.Interop;

/// <summary>
/// Asks all cameras of some networks who they are. Unlike libaravis it has no list for the whole process, so that several may ask at once, and it hears
/// cameras of another subnet than their network's, whose answers are broadcasts.
/// </summary>
internal sealed class GvcpBroadcast : IDisposable
{
    private const int SOL_SOCKET = 1;
    private const int SO_BINDTODEVICE = 25;
    private const int Repetitions = 3; // packets are lost
    private const int SliceMicroseconds = 20_000; // how late a cancellation is noticed

    private readonly Dictionary<Socket, LocalNetwork> _sockets = [];

    public GvcpBroadcast(IEnumerable<LocalNetwork> networks)
    {
        foreach (var perInterface in networks.GroupBy(network => network.Interface, StringComparer.Ordinal))
        {
            Add(perInterface.First(), isForAll: true);
            foreach (var network in perInterface)
            {
                Add(network, isForAll: false);
            }
        }
    }

    /// <returns>Who answered within the limit, and over which network; some more than once.</returns>
    public List<(GvcpIdentity Identity, LocalNetwork Network)> Ask(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var (found, begin, sent) = (new List<(GvcpIdentity, LocalNetwork)>(), time.GetTimestamp(), 0);
        var packet = new byte[1024];
        while (time.GetElapsedTime(begin) is var elapsed && elapsed < limit)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (sent < Repetitions && elapsed >= limit * sent / (Repetitions + 1))
            {
                sent++;
                Send();
            }

            foreach (var socket in Readable(cancellationToken))
            {
                if (TryReceive(socket, packet) is { } identity)
                {
                    found.Add((identity, _sockets[socket]));
                }
            }
        }

        return found;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    // A socket that is bound to an address hears no broadcasts, and one that is bound to an interface sends from its first address only: hence both.
    private void Add(LocalNetwork network, bool isForAll)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true, Blocking = false };
        try
        {
            if (isForAll)
            {
                socket.SetRawSocketOption(SOL_SOCKET, SO_BINDTODEVICE, Encoding.UTF8.GetBytes(network.Interface));
            }

            socket.Bind(new IPEndPoint(isForAll ? IPAddress.Any : network.Address, 0));
            _sockets.Add(socket, network);
        }
        catch (SocketException)
        {
            socket.Dispose(); // gone meanwhile, or not allowed: then the others have to do
        }
    }

    private void Send()
    {
        var everyone = new IPEndPoint(IPAddress.Broadcast, Gvcp.ControlPort);
        foreach (var socket in _sockets.Keys)
        {
            try
            {
                socket.SendTo(Gvcp.DiscoveryWithBroadcastAnswer, SocketFlags.None, everyone);
            }
            catch (SocketException)
            {
                // a network without broadcasts, or one that is down: it has no cameras
            }
        }
    }

    private List<Socket> Readable(CancellationToken cancellationToken)
    {
        var sockets = _sockets.Keys.ToList();
        if (sockets.Count == 0)
        {
            cancellationToken.WaitHandle.WaitOne(SliceMicroseconds / 1000);
            return sockets;
        }

        Socket.Select(sockets, null, null, SliceMicroseconds);
        return sockets;
    }

    private static GvcpIdentity? TryReceive(Socket socket, byte[] packet)
    {
        try
        {
            return Gvcp.Read(packet.AsSpan(0, socket.Receive(packet)));
        }
        catch (SocketException)
        {
            return null; // nothing there after all, or the network went down
        }
    }
}
