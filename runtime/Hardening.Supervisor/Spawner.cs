using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Processes.Supervision;

namespace Hardening.Supervisor;

/// <summary>Starts what the application describes. From the main thread alone: only to that one does the system count children.</summary>
internal static unsafe class Spawner
{
    private const int EIO = 5;
    private const int MostRepeats = 10;
    private const int ShortLooks = 50; // some 10 µs each
    private const int MostLooks = ShortLooks + 100; // the others a millisecond each

    /// <summary>Starts a child; the descriptors are those that came with the request: the text, and what become 0, 1, 2 and so on. They came in ascending order and above those of the supervisor, so none is a number that an earlier one becomes.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Start(long textBytes, ReadOnlySpan<int> descriptors, out int processId, out ChildTextHeader header)
    {
        processId = 0;
        header = default;
        var text = (byte*)NativeMemory.Alloc((nuint)textBytes + 1);
        try
        {
            nuint length = 0;
            while (length < (nuint)textBytes && Libc.read(descriptors[0], text + length, (nuint)textBytes - length) is var count and > 0)
            {
                length += (nuint)count;
            }

            if (length < (nuint)sizeof(ChildTextHeader))
            {
                return EIO;
            }

            header = *(ChildTextHeader*)text;
            text[length] = 0;
            return Start(text + sizeof(ChildTextHeader), text + length, header, descriptors[1..], out processId);
        }
        finally
        {
            NativeMemory.Free(text);
        }
    }

    private static int Start(byte* strings, byte* end, in ChildTextHeader header, ReadOnlySpan<int> streams, out int processId)
    {
        processId = 0;
        var pointers = (byte**)NativeMemory.Alloc((nuint)(header.Arguments + header.Variables + 4), (nuint)sizeof(byte*));
        try
        {
            var count = 0;
            byte* Next()
            {
                var start = strings;
                strings += MemoryMarshal.CreateReadOnlySpanFromNullTerminated(strings).Length + 1;
                return start;
            }

            var path = Next();
            var workingDirectory = Next();
            for (var argument = 0; argument < header.Arguments && strings < end; argument++)
            {
                pointers[count++] = Next();
            }

            pointers[count++] = null;
            var environment = pointers + count;
            for (var variable = 0; variable < header.Variables && strings < end; variable++)
            {
                pointers[count++] = Next();
            }

            pointers[count] = null;
            var error = Libc.Spawn(path, pointers, environment, workingDirectory, streams, newSession: false, out processId);
            for (var again = 0; error == 0 && again < MostRepeats && EndedUnborn(processId); again++)
            {
                error = Libc.Spawn(path, pointers, environment, workingDirectory, streams, newSession: false, out processId);
            }

            return error;
        }
        finally
        {
            NativeMemory.Free(pointers);
        }
    }

    // For some microseconds a child is still in the process group of the supervisor, with signals as at boot: a sibling that signals this group, as shell scripts do to clean up, would end it
    // before it has become its program. It has not become it only if it has ended and goes by the supervisor's name still: while it lives the name may be about to change, for the system gives
    // it after posix_spawn has returned. State and name are of one look, in this order (proc_pid_stat(5)).
    private static bool EndedUnborn(int processId)
    {
        Span<byte> buffer = stackalloc byte[128];
        for (var look = 0; look < MostLooks; look++)
        {
            var stat = ProcFile.Read(processId, "stat"u8, buffer);
            if (stat.IndexOf(Program.Name) < 0)
            {
                return false;
            }

            if (stat[(stat.LastIndexOf((byte)')') + 1)..].StartsWith(" Z"u8))
            {
                return Libc.TryReap(processId);
            }

            if (look < ShortLooks)
            {
                _ = Thread.Yield();
            }
            else
            {
                _ = Libc.Poll(default, 1);
            }
        }

        return false; // the program has this very name
    }
}
