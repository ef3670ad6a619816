using System.Net;

namespace Hardening.Interop;

/// <summary>
/// The socket through which libaravis talks to one camera: ours by a descriptor of its own, so that it can be shut whatever the library does meanwhile.
/// </summary>
/// <remarks>Safe on any thread.</remarks>
internal sealed class ControlSocket : IDisposable
{
    private readonly Lock _gate = new();
    private int _descriptor;

    private ControlSocket(int descriptor) => _descriptor = descriptor;

    /// <summary>The sockets that might be it, of which those from before the camera was opened are not.</summary>
    public static HashSet<ulong> Candidates(IPAddress local) => [.. Libc.FindUnconnectedUdpSockets(local).Select(socket => socket.Inode)];

    /// <summary>Finds the socket that came into being since. Null when there are several, or none: then the camera is closed the slow way.</summary>
    public static ControlSocket? Find(IPAddress local, HashSet<ulong> before)
    {
        var found = Libc.FindUnconnectedUdpSockets(local).Where(socket => !before.Contains(socket.Inode)).ToArray();
        return found.Length == 1 && Libc.Duplicate(found[0].Descriptor) is { } own ? new ControlSocket(own) : null;
    }

    /// <summary>From now on every attempt of the library to send fails at once, where it would wait 2.5 s for an answer that does not come.</summary>
    public void Shut()
    {
        lock (_gate)
        {
            if (_descriptor >= 0)
            {
                Libc.ShutSending(_descriptor);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_descriptor >= 0)
            {
                Libc.Close(_descriptor);
                _descriptor = -1;
            }
        }
    }
}
