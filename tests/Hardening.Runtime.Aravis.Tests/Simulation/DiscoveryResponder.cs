using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>Answers discoveries as a camera would that has this address, whatever the address of this machine: the classic mistake.</summary>
internal sealed class DiscoveryResponder : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
    private readonly byte[] _answer = new byte[8 + 0xf8];
    private readonly bool _broadcasts;
    private readonly Thread _thread;

    public DiscoveryResponder(string address, string mask, string serial, bool broadcasts)
    {
        _broadcasts = broadcasts;
        _answer[3] = 0x03;
        _answer[5] = 0xf8;
        _answer[7] = 0x01;
        Convert.FromHexString("001122AABBCC").CopyTo(_answer, 8 + 0x0a);
        IPAddress.Parse(address).GetAddressBytes().CopyTo(_answer, 8 + 0x24);
        IPAddress.Parse(mask).GetAddressBytes().CopyTo(_answer, 8 + 0x34);
        Encoding.ASCII.GetBytes("Acme").CopyTo(_answer, 8 + 0x48);
        Encoding.ASCII.GetBytes("Model 1").CopyTo(_answer, 8 + 0x68);
        Encoding.ASCII.GetBytes(serial).CopyTo(_answer, 8 + 0xd8);
        Encoding.ASCII.GetBytes("north gate").CopyTo(_answer, 8 + 0xe8);
        _socket.SetRawSocketOption(1, 25, "lo"u8); // SO_BINDTODEVICE: a network of one's own has no route for broadcasts
        _socket.Bind(new IPEndPoint(IPAddress.Any, 3956));
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join(TimeSpan.FromSeconds(10));
    }

    private void Run()
    {
        var packet = new byte[64];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = _socket.ReceiveFrom(packet, ref from);
                if (length == 8 && packet[0] == 0x42 && packet[3] == 0x02 && (!_broadcasts || packet[1] == 0x11))
                {
                    _socket.SendTo(_answer, _broadcasts ? new IPEndPoint(IPAddress.Broadcast, ((IPEndPoint)from).Port) : from);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // closed
        }
    }
}
