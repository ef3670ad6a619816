using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hardening.Benchmarks.Measuring;
using Hardening.Benchmarks.Pool;
using Hardening.Processes;

namespace Hardening.Benchmarks.Camera;

/// <summary>Runs those who are measured, each as a supervised child with a time limit; counts what its processes use between the two moments that it tells, and keeps what it says.</summary>
internal sealed class CameraRuns(TimeProvider time, bool isRealTime, List<string> missing, List<string> wrong)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);

    private readonly Dictionary<CameraContender, List<CameraMeasurement>> _all = [];
    private readonly HashSet<CameraContender> _failed = [];

    /// <summary>All that took part in every round.</summary>
    public IReadOnlyList<CameraFigures> Figures() => [.. _all.Where(entry => !_failed.Contains(entry.Key)).Select(entry => new CameraFigures(entry.Key.Case, entry.Key.Name, entry.Key.Kind, entry.Value))];

    public Contender Of(CameraContender contender) => new($"{contender.Case.Key}: {contender.Name}", stop => RunAsync(contender, stop));

    /// <summary>Frames that were not the same for all would be another workload.</summary>
    public void CompareFrames()
    {
        foreach (var size in _all.GroupBy(entry => entry.Key.Case.Workload.FrameBytes))
        {
            var prints = size.SelectMany(entry => entry.Value.Select(measured => (entry.Key.Name, measured.Fingerprint))).GroupBy(one => one.Fingerprint).ToList();
            if (prints.Count > 1)
            {
                wrong.Add($"not all have found the same in frames of {size.Key:N0} bytes: {string.Join("; ", prints.Select(print => $"{print.Key}: {string.Join(", ", print.Select(one => one.Name).Distinct())}"))}");
            }
        }
    }

    private async Task<Sample> RunAsync(CameraContender contender, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        if (!_failed.Contains(contender))
        {
            try
            {
                Keep(contender, await MeasureAsync(contender, stop));
            }
            catch (BenchmarkException e)
            {
                // A peer that hangs or breaks is a finding about the peer, and the others go on; ours must not.
                _failed.Add(contender);
                (contender.Kind == ContenderKind.Peer ? missing : wrong).Add($"{contender.Name}, {contender.Case.Key}: {e.Message}");
            }
        }

        return new Sample(time.GetElapsedTime(begin), null);
    }

    private async Task<CameraMeasurement> MeasureAsync(CameraContender contender, CancellationToken stop)
    {
        var limit = StartLimit + TimeSpan.FromSeconds(6 * (contender.Case.Workload.WarmUp + contender.Case.Workload.Seconds));
        using var timeout = new CancellationTokenSource(limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            await using var process = await SupervisedProcess.StartAsync(Command(contender), new SupervisionOptions { Name = "contender", StopGracePeriod = TimeSpan.Zero }, end.Token);
            var errors = process.StandardError.ReadToEndAsync(end.Token);
            var (said, before, after) = await ListenAsync(process, end.Token);
            await process.WaitForExitAsync(end.Token);
            if (process.Exit is not { ExitCode: 0, Signal: null } || said is null)
            {
                throw new BenchmarkException($"{process.Exit}: {(await errors).TrimEnd().Split('\n').FirstOrDefault(line => line.Length > 0) ?? "it said nothing"}");
            }

            return WithUse(JsonSerializer.Deserialize<CameraMeasurement>(said, CameraMeasurement.Form)!, before, after);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new BenchmarkException($"not done within {limit.TotalSeconds:F0} s");
        }
        catch (Exception e) when (e is JsonException or Win32Exception)
        {
            throw new BenchmarkException($"its figures cannot be had: {e.Message}");
        }
    }

    private ProcessStartInfo Command(CameraContender contender)
    {
        var start = contender.Start();
        if (isRealTime && contender.Case.Kind is CameraCaseKind.Paced or CameraCaseKind.Fault)
        {
            start = new ProcessStartInfo("chrt", ["-r", "1", start.FileName, .. start.ArgumentList]);
        }

        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        return start;
    }

    private static async Task<(string? Said, ProcessTally? Before, ProcessTally? After)> ListenAsync(SupervisedProcess process, CancellationToken stop)
    {
        ProcessTally? before = null;
        ProcessTally? after = null;
        int[] roots = [process.Id];
        string? last = null;
        while (await process.StandardOutput.ReadLineAsync(stop) is { } line)
        {
            switch (line.Split(' '))
            {
                case ["begin", .. var more]:
                    roots = [process.Id, .. more.Where(id => id.Length > 0).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
                    before = ProcessTally.Of(roots);
                    break;
                case ["end"]:
                    after = ProcessTally.Of(roots);
                    await process.StandardInput.WriteLineAsync();
                    break;
                default:
                    last = line;
                    break;
            }
        }

        return (last, before, after);
    }

    private static CameraMeasurement WithUse(CameraMeasurement measured, ProcessTally? begin, ProcessTally? end)
    {
        if (begin is not { } before || end is not { } after || measured.CpuSeconds is not { } cpu)
        {
            return measured;
        }

        // Both looks may have been late, and not by the same time: what they have seen is put beside the CPU time that they have seen.
        var seen = Math.Max(1e-3, (after.CpuNanoseconds - before.CpuNanoseconds) / 1e9);
        var frames = Math.Max(1.0, measured.Frames);
        var (user, system) = (after.UserTicks - before.UserTicks, after.SystemTicks - before.SystemTicks);
        return measured with
        {
            Cpu = cpu * 1e3 / frames,
            SystemShare = user + system > 0 ? system / (double)(user + system) : null,
            Faults = (after.Faults - before.Faults) / seen * cpu / frames,
            Memory = after.MemoryBytes / 1e6,
            Growth = (after.MemoryBytes - before.MemoryBytes) / 1e6,
        };
    }

    private void Keep(CameraContender contender, CameraMeasurement measurement)
    {
        if (!_all.TryGetValue(contender, out var rounds))
        {
            _all.Add(contender, rounds = []);
        }

        rounds.Add(measurement);
        if (measurement.Wrong is { } text)
        {
            wrong.Add($"{contender.Name}, {contender.Case.Key}: {text}");
        }
    }
}
