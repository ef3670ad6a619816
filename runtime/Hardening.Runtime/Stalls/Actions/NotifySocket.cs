using System.Net.Sockets;
using System.Text;

namespace Hardening.Stalls.Actions;

/// <summary>A datagram socket to the service manager. A send never waits; while all goes well it allocates nothing. Used by one thread at a time.</summary>
internal sealed class NotifySocket : IDisposable
{
    private const int MaxAddressBytes = 107; // of sun_path, without the NUL at its end

    private readonly UnixDomainSocketEndPoint _endPoint;
    private Socket? _socket;
    private bool _disposed;

    public NotifySocket(string address)
    {
        Address = address;
        _endPoint = new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address);
        _socket = Connect(); // now, so that the first send finds all it needs
    }

    public string Address { get; }

    public static bool IsAddress(string address) => address.Length > 1 && address[0] is '/' or '@' && Encoding.UTF8.GetByteCount(address) <= MaxAddressBytes;

    public bool TrySend(ReadOnlySpan<byte> message)
    {
        try
        {
            if (_disposed || (_socket ??= Connect()) is not { } socket)
            {
                return false;
            }

            socket.Send(message, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable))
            {
                socket.Dispose(); // the manager has gone, or started again: a new socket finds its new one
                _socket = null;
            }

            return error == SocketError.Success;
        }
        catch (ObjectDisposedException) // disposed by another thread, at the end of all
        {
            return false;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _socket?.Dispose();
    }

    private Socket? Connect()
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.Connect(_endPoint);
            return socket;
        }
        catch (SocketException) // nobody listens, or no descriptor is left
        {
            socket?.Dispose();
            return null;
        }
    }
}
