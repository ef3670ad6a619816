using System.Globalization;
using System.Text;
using Hardening.Interop;

namespace Hardening.Supervisor;

/// <summary>
/// A shell that waits for the end of the supervisor, in a session of its own: when it comes without a word, by SIGKILL, the shell becomes this program again, in sweep mode. It costs a megabyte
/// and no time, and it outlives whoever kills the application and the supervisor at once.
/// </summary>
internal sealed unsafe class Guard
{
    private const string Shell = "/bin/sh";
    private const int MostRestarts = 10; // who kills it more often means it

    // Reads grace periods until the end of the pipe. The first two arguments are the brand to look for and the control group; then comes the command.
    private const string Script =
        """
        grace=0; brand=$1; group=$2; shift 2
        while read -r line; do case $line in done) exit 0;; *) grace=$line;; esac; done
        HARDENING_SUPERVISOR="sweep $brand $grace $group" exec "$@"
        """;

    private readonly byte[] _arguments;
    private readonly byte[] _environment;
    private readonly int _lineEnd; // read by the guard; kept for one that must be started again
    private readonly int _line;
    private int _gracePeriod;
    private int _restarts;

    private Guard(byte[] arguments, byte[] environment, int lineEnd, int line) => (_arguments, _environment, _lineEnd, _line) = (arguments, environment, lineEnd, line);

    public int ProcessId { get; private set; }

    /// <returns>Null where there is no shell.</returns>
    public static Guard? TryStart(Brand brand, string controlGroup)
    {
        if (!File.Exists(Shell) || !Libc.TryOpenPipe(out var read, out var write))
        {
            return null;
        }

        var command = ProcFile.ReadText("/proc/self/cmdline"); // each argument ends with 0
        var guard = new Guard(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Shell}\0-c\0{Script}\0hardening-guard\0{brand.Supervisor}\0{controlGroup}\0{command}")),
            Encoding.UTF8.GetBytes(ProcFile.ReadText("/proc/self/environ")),
            read,
            write);
        return guard.TryStart() ? guard : null;
    }

    /// <summary>What is left when the supervisor is killed has this long between SIGTERM and SIGKILL, in milliseconds; the longest of all counts.</summary>
    public void Tell(int gracePeriod)
    {
        if (gracePeriod > _gracePeriod && ProcessId != 0)
        {
            _gracePeriod = gracePeriod;
            Write(string.Create(CultureInfo.InvariantCulture, $"{gracePeriod}\n"));
        }
    }

    /// <summary>Nothing is left to guard.</summary>
    public void Dismiss() => Write("done\n");

    public bool TryRestart()
    {
        ProcessId = 0;
        if (_restarts++ >= MostRestarts || !TryStart())
        {
            return false;
        }

        Write(string.Create(CultureInfo.InvariantCulture, $"{_gracePeriod}\n"));
        return true;
    }

    private bool TryStart()
    {
        fixed (byte* arguments = _arguments)
        fixed (byte* environment = _environment)
        {
            var argumentList = stackalloc byte*[Count(_arguments) + 1];
            var environmentList = stackalloc byte*[Count(_environment) + 1];
            Split(_arguments, arguments, argumentList);
            Split(_environment, environment, environmentList);
            var error = Libc.Spawn(argumentList[0], argumentList, environmentList, null, [_lineEnd, 1, 1], newSession: true, out var processId);
            ProcessId = error == 0 ? processId : 0;
            return error == 0;
        }
    }

    private void Write(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
        {
            _ = Libc.write(_line, start, (nuint)bytes.Length); // a guard that is gone is started again, and told again
        }
    }

    private static int Count(byte[] strings) => strings.AsSpan().Count((byte)0);

    private static void Split(byte[] strings, byte* start, byte** list)
    {
        var count = 0;
        for (var at = 0; at < strings.Length; at += strings.AsSpan(at).IndexOf((byte)0) + 1)
        {
            list[count++] = start + at;
        }

        list[count] = null;
    }
}
