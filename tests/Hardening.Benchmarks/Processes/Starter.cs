using System.Diagnostics;
using Hardening.Benchmarks.Measuring;
using Hardening.Interop;
using Hardening.Processes;

namespace Hardening.Benchmarks.Processes;

/// <summary>A way to start a program that ends at once, and to wait for its end.</summary>
/// <param name="Name">Who starts it.</param>
/// <param name="Run">Starts it and waits; whoever waits for it may block.</param>
/// <param name="CaptureAsync">Runs one that writes, and gives what it wrote; null for the floor.</param>
internal sealed record Starter(string Name, Func<Stopped> Run, Func<Task<string>>? CaptureAsync)
{
    public const string Text = "one line";
    public const string Supervised = "SupervisedProcess";
    public const string Bare = "Process";

    private const string Program = "/bin/true";
    private const string Writer = "/bin/echo";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The floor, the peer, and ours.</summary>
    public static IReadOnlyList<Starter> All(TimeProvider time) =>
    [
        new("posix_spawn", () => Spawn(time), null),
        new(Bare, () => RunBare(time), CaptureBareAsync),
        new(Supervised, () => RunSupervised(time), CaptureSupervisedAsync),
    ];

    private static Stopped RunSupervised(TimeProvider time)
    {
        var begin = time.GetTimestamp();
        using var process = SupervisedProcess.Start(new ProcessStartInfo(Program));
        var returned = time.GetElapsedTime(begin);
        return process.WaitForExit(Limit) ? new Stopped(returned, time.GetElapsedTime(begin), process.ExitCode) : throw NotDone(Supervised);
    }

    private static Stopped RunBare(TimeProvider time)
    {
        var begin = time.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(Program))!;
        var returned = time.GetElapsedTime(begin);
        if (process.WaitForExit(Limit))
        {
            return new Stopped(returned, time.GetElapsedTime(begin), process.ExitCode);
        }

        process.Kill(entireProcessTree: true);
        throw NotDone(Bare);
    }

    private static async Task<string> CaptureSupervisedAsync() => (await SupervisedProcess.RunAsync(new ProcessStartInfo(Writer, [Text]))).StandardOutput;

    private static async Task<string> CaptureBareAsync() => (await new ChildProgram(TimeProvider.System).RunAsync(new ProcessStartInfo(Writer, [Text]), Limit, CancellationToken.None)).Output;

    // Nothing but the system: what it takes to start a program and to learn of its end.
    private static unsafe Stopped Spawn(TimeProvider time)
    {
        using var text = new NativeStrings([Program, "LC_ALL=C"]);
        var pointers = stackalloc byte*[4];
        text.CopyTo(pointers, 0, 1);
        text.CopyTo(pointers + 2, 1, 1);
        fixed (byte* root = "/\0"u8)
        {
            var begin = time.GetTimestamp();
            if (Libc.Spawn(pointers[0], pointers, pointers + 2, root, [0, 1, 2], newSession: false, out var processId) is var error and not 0)
            {
                throw new BenchmarkException($"posix_spawn fails with {error}");
            }

            var returned = time.GetElapsedTime(begin);
            var pidfd = Libc.OpenPidFd(processId);
            var ended = Libc.Poll([new PollEntry(pidfd)], (int)Limit.TotalMilliseconds);
            Libc.ReapIfEnded(processId);
            var exited = time.GetElapsedTime(begin);
            _ = Libc.close(pidfd);
            return ended ? new Stopped(returned, exited, 0) : throw NotDone("posix_spawn");
        }
    }

    private static BenchmarkException NotDone(string who) => new($"{Program}, started by {who}, was not done within {Limit}");
}

/// <summary>How long one start took.</summary>
/// <param name="Returned">Until the call returned: the program is executed by then.</param>
/// <param name="Exited">Until its end was known.</param>
/// <param name="ExitCode">What it gave.</param>
internal readonly record struct Stopped(TimeSpan Returned, TimeSpan Exited, int ExitCode);
