using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hardening.Stalls.Actions;

/// <summary>
/// Asks the runtime of this process for a dump of itself, by its diagnostic port: the runtime starts its own createdump, as for a crash, and nothing has to be set when the process starts. The port is a
/// socket in the directory for temporary files; a native thread of the runtime serves it, also while managed threads hang.
/// </summary>
internal static class ProcessDump
{
    private const int HeaderBytes = 20;
    private const int MagicBytes = 14;
    private const byte DumpCommands = 0x01;
    private const byte GenerateCoreDump = 0x01;
    private const byte ErrorAnswer = 0xff;

    /// <returns>Null once the dump is written; otherwise why it is not.</returns>
    public static string? Write(string path, StallDump kind, TimeSpan limit)
    {
        if (FindPort() is not { } port)
        {
            return "the process has no diagnostic port (DOTNET_EnableDiagnostics is 0, or it was compiled ahead of time)";
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = (int)limit.TotalMilliseconds, ReceiveTimeout = (int)limit.TotalMilliseconds };
            socket.Connect(new UnixDomainSocketEndPoint(port));
            Send(socket, Request(path, kind));
            var answer = new byte[HeaderBytes + sizeof(int)];
            for (var read = 0; read < answer.Length;)
            {
                var count = socket.Receive(answer.AsSpan(read));
                if (count == 0)
                {
                    return "the runtime closed its diagnostic port without an answer";
                }

                read += count;
            }

            var result = BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(HeaderBytes));
            return answer[MagicBytes + 3] == ErrorAnswer || result != 0 ? string.Create(CultureInfo.InvariantCulture, $"the runtime refused it with 0x{result:x8}") : null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock ? "it was not done in time" : e.Message;
        }
    }

    private static void Send(Socket socket, byte[] request)
    {
        for (var sent = 0; sent < request.Length;)
        {
            sent += socket.Send(request.AsSpan(sent));
        }
    }

    // dotnet-diagnostic-<process>-<when it started>-socket: one that a process of the same number left behind is older.
    private static string? FindPort() =>
        new DirectoryInfo(Path.GetTempPath())
            .EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{Environment.ProcessId}-*-socket"))
            .MaxBy(file => file.LastWriteTimeUtc)?.FullName;

    private static byte[] Request(string path, StallDump kind)
    {
        var name = Encoding.Unicode.GetBytes(path + '\0');
        var request = new byte[HeaderBytes + sizeof(int) + name.Length + sizeof(int) + sizeof(int)];
        "DOTNET_IPC_V1"u8.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(MagicBytes), (ushort)request.Length);
        request[MagicBytes + 2] = DumpCommands;
        request[MagicBytes + 3] = GenerateCoreDump;
        var payload = request.AsSpan(HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(payload, path.Length + 1);
        name.CopyTo(payload[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(payload[(sizeof(int) + name.Length)..], KindNumber(kind));
        return request; // the last number, whether createdump talks, stays 0
    }

    private static int KindNumber(StallDump kind) => kind switch { StallDump.Stacks => 1, StallDump.Heap => 2, StallDump.Full => 4, _ => 3 };
}
