using System.Runtime.InteropServices;
using System.Text;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes.Supervision;

/// <summary>Starts the supervisor's process. It inherits its end of the line and no other descriptor: one of a camera or a listening socket would keep that alive.</summary>
internal sealed class SupervisorLaunch : IDisposable
{
    private const int FirstFreeDescriptor = 10; // none of them is a number that another one becomes

    private SupervisorLaunch(SafeFileHandle line, SafeFileHandle words) => (Line, Words) = (line, words);

    /// <summary>The application's end; whoever takes it over disposes it.</summary>
    public SafeFileHandle Line { get; }

    /// <summary>A file with what the supervisor wrote as its last words.</summary>
    public SafeFileHandle Words { get; }

    /// <summary>Of the process that was started: with a PID namespace, the one that holds it.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Of the same process.</summary>
    public SafeFileHandle PidFd { get; private set; } = new();

    /// <exception cref="SupervisorException">The system refuses.</exception>
    public static SupervisorLaunch Start(SupervisorCommand command)
    {
        if (!Libc.TryConnectPair(out var line, out var other))
        {
            throw Refused("socketpair", Marshal.GetLastPInvokeError());
        }

        using (other)
        {
            SupervisorLaunch? launch = null;
            try
            {
                launch = new SupervisorLaunch(line, Libc.CreateMemoryFile("hardening-supervisor"));
                launch.Start(command, other);
                return launch;
            }
            catch (Exception e)
            {
                launch?.Dispose();
                line.Dispose();
                throw e as SupervisorException ?? new SupervisorException($"The supervisor of child processes could not be started: {e.Message}", e);
            }
        }
    }

    /// <summary>Reaps the process, which must be about to end: it gets this long, and is killed then.</summary>
    public void Reap(TimeSpan limit)
    {
        Span<PollEntry> end = [new PollEntry((int)PidFd.DangerousGetHandle())];
        if (!Libc.Poll(end, (int)limit.TotalMilliseconds))
        {
            Kill();
            _ = Libc.Poll(end, (int)limit.TotalMilliseconds);
        }

        Libc.ReapIfEnded(ProcessId);
    }

    public void Kill() => Libc.TrySignal((int)PidFd.DangerousGetHandle(), 9);

    /// <summary>What it said last; empty when nothing.</summary>
    public string LastWords()
    {
        var words = new byte[4096];
        return Encoding.UTF8.GetString(words, 0, RandomAccess.Read(Words, words, 0)).Trim();
    }

    public void Dispose()
    {
        Words.Dispose();
        PidFd.Dispose();
    }

    private unsafe void Start(SupervisorCommand command, SafeFileHandle other)
    {
        using var none = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        using var text = new NativeStrings([.. command.Arguments, .. command.Environment]);
        using SafeFileHandle input = Libc.Duplicate(none, FirstFreeDescriptor), output = Libc.Duplicate(none, FirstFreeDescriptor), error = Libc.Duplicate(Words, FirstFreeDescriptor), line = Libc.Duplicate(other, FirstFreeDescriptor);
        ReadOnlySpan<int> descriptors = [(int)input.DangerousGetHandle(), (int)output.DangerousGetHandle(), (int)error.DangerousGetHandle(), (int)line.DangerousGetHandle()];
        var arguments = stackalloc byte*[command.Arguments.Count + 1];
        var environment = stackalloc byte*[command.Environment.Count + 1];
        text.CopyTo(arguments, 0, command.Arguments.Count);
        text.CopyTo(environment, command.Arguments.Count, command.Environment.Count);
        fixed (byte* root = "/\0"u8)
        {
            if (Libc.Spawn(arguments[0], arguments, environment, root, descriptors, newSession: true, out var processId) is var refusal and not 0)
            {
                throw Refused(command.Arguments[0], refusal);
            }

            ProcessId = processId;
        }

        var pidfd = Libc.OpenPidFd(ProcessId);
        if (pidfd < 0)
        {
            var refusal = Marshal.GetLastPInvokeError();
            Libc.KillAndReap(ProcessId);
            throw Refused("pidfd_open", refusal);
        }

        PidFd = new SafeFileHandle(pidfd, ownsHandle: true);
    }

    private static SupervisorException Refused(string what, int error) =>
        new($"The supervisor of child processes could not be started ({what}: {Marshal.GetPInvokeErrorMessage(error)}).");
}
