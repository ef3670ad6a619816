using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Processes.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Supervisor;

/// <summary>The line to the application. Nothing here waits for it: it may be stopped, and its children are watched over all the same.</summary>
internal sealed class Control(SafeFileHandle socket)
{
    private readonly Queue<(SupervisorMessage Message, int Descriptor)> _waiting = new(); // at most four for each tree

    public int Socket => (int)socket.DangerousGetHandle();

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>The application is gone, or has let go of the line.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Waits for the first message, which says who the application is.</summary>
    public SupervisorMessage ReceiveHello(out int application)
    {
        Span<int> descriptors = stackalloc int[1];
        if (Libc.Receive(socket, out SupervisorMessage hello, descriptors, out var count, wait: true) <= 0 || hello.Kind != MessageKind.Hello || count != 1)
        {
            throw new InvalidOperationException("The application closed the line before it said hello.");
        }

        application = descriptors[0];
        return hello;
    }

    /// <returns>False when there is none at the moment, or ever.</returns>
    public bool TryReceive(out SupervisorMessage message, Span<int> descriptors, out int count)
    {
        var received = Libc.Receive(socket, out message, descriptors, out count, wait: false);
        IsClosed |= received == 0 || (received < 0 && Marshal.GetLastPInvokeError() != Libc.EAGAIN);
        return received > 0;
    }

    /// <summary>Sends, now or when there is room; the descriptor is closed afterwards.</summary>
    public void Send(in SupervisorMessage message, int descriptor = -1)
    {
        _waiting.Enqueue((message, descriptor));
        Flush();
    }

    public void Flush()
    {
        while (_waiting.TryPeek(out var next))
        {
            var error = IsClosed ? 0 : Libc.Send(socket, next.Message, next.Descriptor < 0 ? default : [next.Descriptor], wait: false);
            if (error == Libc.EAGAIN)
            {
                return;
            }

            IsClosed |= error != 0;
            _waiting.Dequeue();
            if (next.Descriptor >= 0)
            {
                _ = Libc.close(next.Descriptor);
            }
        }
    }
}
