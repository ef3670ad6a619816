using Hardening.Camera;
using Hardening.Camera.Recording;
using Hardening.Stalls;
using Inspection.Cameras;
using Inspection.CommandLine;
using Inspection.Live;
using Inspection.Measuring;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>The same job on the frame pipeline. All of the design is in the constructor.</summary>
internal sealed class HardenedServer : IInspectionServer
{
    private const string PipelineName = "inspection";

    private readonly FramePipeline _pipeline;
    private readonly ArchiveSink _archive;
    private readonly InspectionPool? _pool;
    private readonly RecordingSink? _recording;

    public HardenedServer(InspectionOptions options, CameraSet cameras, IReadOnlyList<CameraTally> tallies, string runId, StallWatchdog watchdog, LivePage? live)
    {
        _archive = new ArchiveSink(runId);
        string[] names = [.. cameras.Sources.Select(source => source.Name)];
        var tallyOf = names.Zip(tallies).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        var reports = new FrameResult<DefectReport>();
        var builder = new FramePipelineBuilder(PipelineName)
        {
            Options = new FramePipelineOptions { DrainTimeout = ServerLimits.Drain, StopTimeout = ServerLimits.Stop, MaxPoolBytes = 4L << 30 },
        };
        foreach (var source in cameras.Sources)
        {
            builder.From(source);
        }

        if (options.InProcesses)
        {
            _pool = new InspectionPool(options, names, runId);
            _pool.AddStage(builder, reports, options.Lane);
            _pool.ShowOn(live);
        }
        else
        {
            var pictures = new PictureBoard(names);
            builder.Stage("inspect", () => new InspectStage(reports, pictures), options.Workers, options.Lane);
        }

        builder.To("tally", (in frame, _) => tallyOf[frame.Info.Camera].Record(frame.Info, reports.Get(frame))).To(_archive);
        if (options.RecordDirectory is { } directory)
        {
            _recording = new RecordingSink(new RecordingSinkOptions { Directory = directory, StopTimeout = ServerLimits.Stop / 2 });
            builder.To(_recording);
        }

        if (live is not null)
        {
            builder.To(live.Pictures(PipelineName));
        }

        _pipeline = builder.Build(watchdog: watchdog);
        live?.Show(_pipeline);
    }

    public string Name => "hardened";

    public bool IsOver => _pipeline.Completion.IsCompleted;

    public string? MustEnd => null;

    public long Archived => _archive.Archived;

    public long NotArchived => _archive.NotArchived;

    public PoolAccount? Pool => _pool?.GetAccount();

    public RecordingAccount? Recording => _recording is null ? null : RecordingAccount.From(_recording.GetStatistics());

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_pool is not null)
        {
            await _pool.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        await _pipeline.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync()
    {
        await _pipeline.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (_pool is not null)
        {
            await _pool.StopAsync().ConfigureAwait(false);
        }
    }

    public IReadOnlyList<CameraAccount> GetAccounts() => [.. _pipeline.GetStatistics().Cameras.Select(Account)];

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync().ConfigureAwait(false);
        if (_pool is not null)
        {
            await _pool.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static CameraAccount Account(CameraStatistics camera) =>
        new(camera.Camera, camera.State.ToString(), camera.Received, camera.Processed, camera.InFlight, camera.Lost, camera.MissedInSilence,
            [.. camera.Drops.Select(drop => new DroppedFrames(drop.Edge, drop.Reason.ToString(), drop.Count))]);
}
