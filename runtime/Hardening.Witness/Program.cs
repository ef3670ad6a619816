using System.Net.Sockets;
using System.Runtime.InteropServices;
using Hardening.Stalls.Protocol;
using Hardening.Witness.Interop;

namespace Hardening.Witness;

/// <summary>The small process that takes the stacks of one application, when that asks for it or is frozen.</summary>
internal static class Program
{
    /// <summary>The exit code after a walk that did not come to its end.</summary>
    public const int Overrun = 3;

    private static int Main(string[] arguments)
    {
        if (arguments is [var address])
        {
            return Run(address);
        }

        Console.Error.WriteLine("This program belongs to Hardening.Runtime.Witness, which starts it; by itself it does nothing.");
        return 2;
    }

    public static int Run(string address)
    {
        Libc.SetName("hardening-witne"u8);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true); // a terminal's: it is for the application
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint("\0" + address));
            using var wire = new WitnessWire(socket);
            new Session(wire, TimeProvider.System).Run(Hardening.Interop.Libc.PeerOf(socket));
            return 0;
        }
        catch (Exception e) when (e is SocketException or InvalidDataException or ProcessGoneException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (TimeoutException e)
        {
            Console.Error.WriteLine(e.Message);
            Libc.Exit(Overrun);
            return Overrun;
        }
    }
}
