using Hardening.Camera;
using Hardening.Stalls;
using Inspection.Cameras;
using Inspection.CommandLine;
using Inspection.Live;
using Inspection.Measuring;
using Inspection.Reporting;
using Inspection.Servers;
using Inspection.Timeline;

namespace Inspection;

/// <summary>One server on its cameras for its time: started, followed, stopped, measured, and cleaned up after.</summary>
internal sealed class InspectionRun(InspectionOptions options, IProgressView view, string runId, LivePage? live, TimeProvider time)
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShowEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MinStall = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan WitnessLimit = TimeSpan.FromSeconds(10);

    private const string ResultHeartbeat = "results of ";
    private readonly StallCauses _causes = new();
    private readonly TimelineRecorder _timeline = new(time);
    private long _stalls;

    /// <summary>Runs it.</summary>
    /// <param name="mode">Which server.</param>
    /// <param name="stop">Ends the run before its time.</param>
    public async Task<RunReport> RunAsync(InspectionMode mode, CancellationToken stop)
    {
        try
        {
            return await RunServerAsync(mode, stop).ConfigureAwait(false);
        }
        finally
        {
            LeftChildren.End(runId, time); // the server is disposed by now, and starts no more
        }
    }

    private async Task<RunReport> RunServerAsync(InspectionMode mode, CancellationToken stop)
    {
        var cameras = CameraSet.Create(options);
        await using var witness = new WitnessStackSource();
        await ReadyAsync(witness, stop).ConfigureAwait(false);
        using var watchdog = new StallWatchdog(WatchdogOptions(mode), time, stackSources: [witness]);
        watchdog.StallReported += (_, stall) =>
        {
            if (_timeline.Note(stall.Report))
            {
                _causes.Note(stall.Report);
            }
        };
        live?.Show(watchdog);
        watchdog.StallDetected += (_, stall) => NoteSilence(stall, hasEnded: false);
        watchdog.StallEnded += (_, stall) => NoteSilence(stall, hasEnded: true);
        var tallies = cameras.Sources.Zip(cameras.Scenes, (source, scene) => new CameraTally(scene, watchdog.Track(ResultHeartbeat + source.Name, StallAfter), time)).ToArray();
        await using IInspectionServer server = mode == InspectionMode.Legacy
            ? new LegacyServer(cameras, tallies, runId, watchdog)
            : new HardenedServer(options, cameras, tallies, runId, watchdog, live);
        await server.StartAsync(stop).ConfigureAwait(false);
        Array.ForEach(tallies, tally => tally.Begin());
        watchdog.Start();
        return await MeasureAsync(server, cameras, tallies, watchdog, stop).ConfigureAwait(false);
    }

    private void NoteSilence(StallEventArgs stall, bool hasEnded)
    {
        if (stall.Heartbeat.StartsWith(ResultHeartbeat, StringComparison.Ordinal))
        {
            Interlocked.Add(ref _stalls, hasEnded ? 0 : 1);
            _timeline.NoteSilence(stall.Heartbeat[ResultHeartbeat.Length..], stall, hasEnded);
        }
    }

    // Its first look takes a good part of a second of a core, which is no part of the run. Without it reports have no lines, and say why.
    private async Task ReadyAsync(WitnessStackSource witness, CancellationToken stop)
    {
        await witness.StartAsync(stop).ConfigureAwait(false);
        var start = time.GetTimestamp();
        while (!witness.IsReady && time.GetElapsedTime(start) < WitnessLimit)
        {
            await Task.Delay(SampleEvery, time, stop).ConfigureAwait(false);
        }
    }

    private StallWatchdogOptions WatchdogOptions(InspectionMode mode) => new()
    {
        CheckEvery = MinStall / 2,
        StallAfter = StallAfter * 2,
        Reports = new StallReportOptions { Directory = Path.Combine(options.StallDirectory, mode.ToString().ToLowerInvariant()), MaxPerMinute = 60 },
        Policy = new StallPolicy { Default = new StallRule { MaxPerMinute = 60 } },
    };

    // Four periods without a result, and never so short that an ordinary hiccup counts.
    private TimeSpan StallAfter => TimeSpan.FromSeconds(Math.Max(4 / options.FrameRate, MinStall.TotalSeconds));

    private async Task<RunReport> MeasureAsync(IInspectionServer server, CameraSet cameras, CameraTally[] tallies, StallWatchdog watchdog, CancellationToken stop)
    {
        var meter = new RunMeter(runId, time);
        _timeline.Begin();
        RunCost? cost = null;
        string? endedEarly = null;
        view.Follow(show => (cost, endedEarly) = Follow(server, tallies, meter, show, stop));

        _timeline.End();
        var stalls = Interlocked.Read(ref _stalls); // from here on silence is what was asked for
        var states = server.GetAccounts().Select(account => account.State).ToArray(); // once stopped, all have ended
        var stopping = time.GetTimestamp();
        await server.StopAsync().ConfigureAwait(false);
        var stopSeconds = time.GetElapsedTime(stopping).TotalSeconds;
        watchdog.Dispose(); // a stall that ended meanwhile has its last report, which is the one to tell of
        foreach (var unended in _timeline.FindUnended())
        {
            _causes.Note(unended);
        }

        var latency = new LatencyHistogram();
        var results = tallies.Select(tally => tally.Snapshot(latency)).ToArray();
        var replay = ReplayReport.From(cameras.Sources);
        var childrenLeft = await LeftChildren.CountAsync(runId, time).ConfigureAwait(false);
        return new RunReport
        {
            Server = server.Name,
            Seconds = cost!.Elapsed.TotalSeconds,
            StopSeconds = stopSeconds,
            EndedEarly = endedEarly,
            Due = replay?.Due ?? (long)(cost.Elapsed.TotalSeconds * options.FrameRate * tallies.Length),
            Cameras = [.. server.GetAccounts().Zip(states, (account, state) => account with { State = state })],
            Latency = LatencyReport.From(latency.Summarize()),
            LongestPauseMs = results.Max(result => result.LongestPause).TotalMilliseconds,
            Stalls = stalls,
            StallCauses = _causes.Summarize(),
            Checked = results.Sum(result => result.Checked),
            Wrong = results.Sum(result => result.Wrong),
            Archived = server.Archived,
            NotArchived = server.NotArchived,
            Defects = tallies.Sum(tally => tally.Defects),
            Pool = server.Pool,
            Recording = server.Recording,
            Replay = replay,
            UserSeconds = cost.Cpu.User.TotalSeconds,
            SystemSeconds = cost.Cpu.System.TotalSeconds,
            ChildrenSeconds = cost.Cpu.Children.TotalSeconds,
            UsedByOthers = cost.Cpu.UsedByOthers,
            PeakThreads = cost.PeakThreads,
            PeakMemoryBytes = cost.PeakMemoryBytes,
            BytesPerFrame = cost.BytesPerFrame,
            GcPauseMs = cost.GcPause.TotalMilliseconds,
            FullCollections = cost.FullCollections,
            ChildrenLeft = childrenLeft,
            LatencyBuckets = [.. latency.GetBuckets().Select(bucket => new LatencyCount(bucket.From.TotalMilliseconds, bucket.To.TotalMilliseconds, bucket.Count))],
            Timeline = _timeline.ToTimeline(),
        };
    }

    private (RunCost Cost, string? EndedEarly) Follow(
        IInspectionServer server, CameraTally[] tallies, RunMeter meter, Action<Progress> show, CancellationToken stop)
    {
        var shown = meter.Elapsed;
        var before = new long[tallies.Length];
        string? endedEarly = null;
        var isReplayed = false; // to its end, as it should be
        while (meter.Elapsed < options.Duration && endedEarly is null && !isReplayed)
        {
            var left = options.Duration - meter.Elapsed;
            endedEarly = stop.WaitHandle.WaitOne(left < SampleEvery ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : SampleEvery)
                ? "it was interrupted"
                : server.IsOver && options.Replay is null ? "no camera streams any more" : server.MustEnd;
            isReplayed = options.Replay is not null && server.IsOver;
            LetEndedCamerasRest(server, tallies);
            meter.Sample(Received(server));
            if (meter.Elapsed - shown >= ShowEvery)
            {
                show(Look(server, tallies, meter.Elapsed, meter.Elapsed - shown, before));
                shown = meter.Elapsed;
            }
        }

        Look(server, tallies, meter.Elapsed, meter.Elapsed - shown, before);
        return (meter.Read(Received(server)), endedEarly);
    }

    private static void LetEndedCamerasRest(IInspectionServer server, CameraTally[] tallies)
    {
        foreach (var (account, tally) in server.GetAccounts().Zip(tallies))
        {
            if (account.State == nameof(CameraState.Ended))
            {
                tally.Rest();
            }
        }
    }

    private static long Received(IInspectionServer server) => server.GetAccounts().Sum(camera => camera.Received);

    private Progress Look(IInspectionServer server, CameraTally[] tallies, TimeSpan elapsed, TimeSpan since, long[] before)
    {
        var accounts = server.GetAccounts();
        var cameras = new CameraProgress[tallies.Length];
        for (var i = 0; i < cameras.Length; i++)
        {
            var results = tallies[i].Snapshot();
            cameras[i] = new CameraProgress(accounts[i], results, (results.Results - before[i]) / since.TotalSeconds);
            before[i] = results.Results;
        }

        _timeline.Sample(elapsed, accounts, [.. cameras.Select(camera => camera.Results)]);
        return new Progress(server.Name, elapsed, options.RunsToTheEnd ? null : options.Duration, Interlocked.Read(ref _stalls), cameras);
    }
}
