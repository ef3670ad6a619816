using System.Collections.Concurrent;
using System.Globalization;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera.Faults;

/// <summary>
/// A random life of a pipeline: its cameras, lanes, stages and sinks, what befalls each, and when it is stopped, all from one seed. What a frame meets follows from the seed and its number. The books
/// add up at any time, each camera's frames come to each sink once and in order, and at the end nothing is left.
/// </summary>
internal sealed class FaultSchedule(int seed) : IDisposable
{
    private readonly Random _random = new(seed);
    private readonly ManualTimeProvider _time = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly ConcurrentDictionary<(string Sink, string Camera), Tally> _tallies = new();
    private readonly List<FrameLease> _kept = [];
    private readonly Lock _gate = new();
    private readonly List<LineCamera> _cameras = [];
    private volatile bool _keeps;

    public async Task RunAsync(int steps, CancellationToken timeout)
    {
        await using var line = new WatchedLine(Options(), _time);
        try
        {
            Build(line);
            await line.StartAsync(timeout);
            for (var step = 0; step < steps; step++)
            {
                await StepAsync(line);
            }

            await EndAsync(line, timeout);
        }
        finally
        {
            LetAll();
        }

        Check(line);
    }

    public void Dispose() => LetAll(); // and no more: what hangs may still be waiting

    private FramePipelineOptions Options() => new()
    {
        ReadTimeout = TimeSpan.FromMilliseconds(_random.Next(1, 10)),
        SilentAfter = TimeSpan.FromMilliseconds(_random.Next(200, 3_000)),
        DrainTimeout = TimeSpan.FromMilliseconds(_random.Next(2) * 500),
        StopTimeout = TimeSpan.FromMilliseconds(200),
        DeliverIncomplete = _random.Next(2) == 0,
        MaxAge = _random.Next(3) == 0 ? TimeSpan.FromMilliseconds(_random.Next(50, 500)) : null,
        Reconnect = { FirstDelay = TimeSpan.FromMilliseconds(_random.Next(1, 100)), MaxDelay = TimeSpan.FromMilliseconds(200), Enabled = _random.Next(8) != 0, WhenSilent = _random.Next(2) == 0 },
    };

    private void Build(WatchedLine line)
    {
        for (var i = _random.Next(1, 5); i > 0; i--)
        {
            _cameras.Add(line.AddCamera($"c{i}", frameRate: _random.Next(2) == 0 ? 30 : null, isTriggered: _random.Next(4) == 0));
        }

        for (var i = _random.Next(0, 4); i > 0; i--)
        {
            var (edge, salt) = (line.Name($"s{i}"), i);
            line.Builder.Stage(edge, (in frame, stop) => Meet(frame, salt, stop), new FrameStageOptions
            {
                Workers = _random.Next(1, 4), ParallelPerCamera = _random.Next(1, 4), Lane = Lane(), Timeout = _random.Next(3) == 0 ? null : TimeSpan.FromMilliseconds(_random.Next(100, 2_000)), MaxAbandoned = _random.Next(4),
            });
        }

        var sinks = _random.Next(1, 3);
        for (var i = 1; i <= sinks; i++)
        {
            var (name, salt) = (line.Name($"k{i}"), 10 + i);
            line.Builder.To(name, (in frame, stop) => Take(name, frame, salt, stop));
        }
    }

    private LanePolicy Lane() => _random.Next(4) switch
    {
        0 => LanePolicy.LatestWins,
        1 => LanePolicy.DropOldest(_random.Next(1, 6)),
        2 => LanePolicy.DropNewest(_random.Next(1, 6)),
        _ => LanePolicy.Block(_random.Next(1, 6), TimeSpan.FromMilliseconds(_random.Next(1, 20))),
    };

    private async Task StepAsync(WatchedLine line)
    {
        var camera = _cameras[_random.Next(_cameras.Count)];
        switch (_random.Next(100))
        {
            case < 50:
                camera.Send(_random.Next(1, 8));
                break;
            case < 55:
                camera.Send(1, _random.Next(2) == 0 ? FrameStatus.Incomplete : FrameStatus.WrongSize);
                break;
            case < 60:
                camera.Break(_random.Next(2) == 0 ? null : new InvalidOperationException("told to"));
                break;
            case < 63:
                camera.IsMissing = !camera.IsMissing;
                break;
            case < 65:
                camera.FailingStarts = _random.Next(3);
                break;
            case < 85:
                _time.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 400)));
                break;
            case < 88:
                _keeps = !_keeps;
                break;
            case < 91:
                GiveBack();
                break;
            case < 92:
                _release.Set(); // what hangs returns
                break;
            case < 93:
                _release.Reset();
                break;
            case < 96:
                _ = line.Statistics.Stages.Sum(stage => stage.Hanging);
                break;
            default:
                await Task.Yield();
                break;
        }
    }

    // In a stage or a sink.
    private void Meet(in Frame frame, int salt, CancellationToken stop)
    {
        switch (Draw(frame, salt) % 64)
        {
            case 0:
                throw new FormatException("told to");
            case 1:
                throw new FrameDropException(FrameDropReason.WorkersBusy, "told to");
            case 2:
                throw new OperationCanceledException("told to");
            case 3:
                _release.Wait(TimeSpan.FromSeconds(60), stop);
                break;
            case 4 when salt % 2 == 0:
                _release.Wait(TimeSpan.FromSeconds(60), CancellationToken.None);
                break;
            case < 12:
                Thread.SpinWait(20_000);
                break;
        }
    }

    private void Take(string sink, in Frame frame, int salt, CancellationToken stop)
    {
        _tallies.GetOrAdd((sink, frame.Info.Camera), static _ => new Tally()).Add(frame.Info.Sequence, frame.Pixels);
        if (_keeps && Draw(frame, salt) % 5 == 0)
        {
            lock (_gate)
            {
                _kept.Add(frame.Lease(sink));
            }
        }

        Meet(frame, salt, stop);
    }

    private uint Draw(in Frame frame, int salt) => Mix((uint)seed, (uint)frame.Info.Camera[^1], (uint)frame.Info.Sequence, (uint)salt);

    private static uint Mix(params ReadOnlySpan<uint> values)
    {
        var hash = 2166136261u;
        foreach (var value in values)
        {
            hash = (hash ^ value) * 16777619u;
            hash ^= hash >> 15;
        }

        return hash;
    }

    private async Task EndAsync(WatchedLine line, CancellationToken timeout)
    {
        if (_random.Next(2) == 0)
        {
            LetAll();
        }

        Task[] stopping = _random.Next(3) == 0 ? [line.Pipeline.StopAsync(timeout), line.Pipeline.DisposeAsync().AsTask()] : [line.Pipeline.StopAsync(timeout)];
        await line.PassAsync(TimeSpan.FromMilliseconds(50), () => stopping.All(stop => stop.IsCompleted), "it stops, whatever hangs", timeout);
        await Task.WhenAll(stopping);
        LetAll();
        await line.EndedAsync(timeout);
    }

    private void LetAll()
    {
        _keeps = false;
        _release.Set();
        GiveBack();
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            _kept.ForEach(lease => lease.Dispose());
            _kept.Clear();
        }
    }

    private void Check(WatchedLine line)
    {
        foreach (var camera in line.Statistics.Cameras)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {line.Describe()}");
            var first = _tallies.GetValueOrDefault((line.Name("k1"), camera.Camera)) ?? new Tally();
            Assert.That(first.IsInOrder, text);
            Assert.That(first.IsWhole, text);
            var inSinks = camera.Drops.Where(drop => drop.Edge.Contains(".k", StringComparison.Ordinal)).Sum(drop => drop.Count);
            Assert.That(camera.Processed + inSinks, Is.EqualTo(first.Count), $"{text}: every frame that came to the sinks was processed or dropped there, and no other");
        }
    }

    /// <summary>What one sink has seen of one camera.</summary>
    private sealed class Tally
    {
        private long _last = -1;

        public long Count { get; private set; }

        public bool IsInOrder { get; private set; } = true;

        public bool IsWhole { get; private set; } = true;

        public void Add(long sequence, ReadOnlySpan<byte> pixels)
        {
            Count++;
            IsInOrder &= sequence > _last;
            IsWhole &= !pixels.ContainsAnyExcept((byte)sequence);
            _last = sequence;
        }
    }
}
