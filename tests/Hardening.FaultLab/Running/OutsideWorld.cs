using System.ComponentModel;
using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.FaultLab.Running;

/// <summary>What is done to an application from outside: by the lab's own process, whose children are strangers to the application.</summary>
internal sealed class OutsideWorld(string place, TimeProvider time) : IAsyncDisposable
{
    private const string Image = "disk.img";

    // A small process does it, whose trap undoes it, whatever becomes of the lab.
    private const string StopScript = "trap 'kill -CONT \"$1\"' EXIT; trap 'exit 1' TERM; kill -STOP \"$1\" && sleep \"$2\"";
    private const string FreezeScript = "trap 'fsfreeze -u \"$1\"' EXIT; trap 'exit 1' TERM; fsfreeze -f \"$1\" && sleep \"$2\"";

    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(20);

    private bool _isMounted;

    /// <summary>The application under test, once it runs.</summary>
    public int ProcessId { get; set; }

    public async Task SpinAsync(int processes, TimeSpan duration, CancellationToken stop)
    {
        await using var spinning = SpinningProcesses.Start(processes);
        await Task.Delay(duration, time, stop);
    }

    public Task StopAsync(TimeSpan duration, CancellationToken stop) => HoldAsync(StopScript, FormattableString.Invariant($"{ProcessId}"), duration, stop);

    public Task FreezeAsync(TimeSpan duration, CancellationToken stop) => HoldAsync(FreezeScript, place, duration, stop);

    /// <summary>Mounts a small file system of its own at the place of this run.</summary>
    /// <returns>Null, or why it cannot be had.</returns>
    public async Task<string?> MountAsync(CancellationToken stop)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "mounting takes root";
        }

        var image = $"{place}.{Image}";
        if (await RunAsync("dd", ["if=/dev/zero", $"of={image}", "bs=1M", "count=8"], stop) is { } noImage)
        {
            return noImage;
        }

        if (await RunAsync("mkfs.ext4", ["-q", image], stop) is { } noSystem)
        {
            return noSystem;
        }

        if (await RunAsync("mount", ["-o", "loop", image, place], stop) is { } noMount)
        {
            return noMount;
        }

        _isMounted = true;
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await RunAsync("umount", [place], CancellationToken.None);
        }

        File.Delete($"{place}.{Image}");
    }

    private static async Task HoldAsync(string script, string subject, TimeSpan duration, CancellationToken stop)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script, "hold", subject, FormattableString.Invariant($"{duration.TotalSeconds:F2}")]);
        var result = await SupervisedProcess.RunAsync(start, new SupervisionOptions { Name = "hold" }, stop);
        if (result.Exit.ExitCode != 0)
        {
            throw new LabException($"'{script}' failed for '{subject}': {result.StandardError.Trim().ReplaceLineEndings(" ")}");
        }
    }

    private async Task<string?> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(ToolLimit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            var result = await SupervisedProcess.RunAsync(new ProcessStartInfo(program, arguments), cancellationToken: end.Token);
            return result.Exit.ExitCode == 0 ? null : $"{program}: {result.StandardError.Trim().ReplaceLineEndings(" ")}";
        }
        catch (Win32Exception e)
        {
            return $"{program}: {e.Message}";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"{program} was not done within {ToolLimit}";
        }
    }
}

/// <summary>The lab cannot go on: its message says what failed and what to do.</summary>
internal sealed class LabException(string message) : Exception(message);
