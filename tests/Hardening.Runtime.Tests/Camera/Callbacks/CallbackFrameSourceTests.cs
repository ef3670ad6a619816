using System.Diagnostics.Metrics;
using Hardening.Camera;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Camera.Callbacks;

/// <summary>A library whose calls a test makes.</summary>
public sealed class CallbackFrameSourceTests
{
    private static readonly Meter Meter = new("test");

    [Test]
    public void Keeps_the_newest_frames_and_tells_in_their_place_which_were_given_up()
    {
        using var line = new Line(new CallbackFrameSourceOptions { QueueFrames = 2 });
        Assert.That(Enumerable.Range(0, 4).Select(line.Offer), Is.All.True);
        Assert.That(line.ReadAll(), Is.EqualTo(new[] { (0L, FrameReadStatus.Dropped), (1L, FrameReadStatus.Dropped), (2L, FrameReadStatus.Frame), (3L, FrameReadStatus.Frame) }));
        Assert.That(line.Source.GetStatistics().QueueFull, Is.EqualTo(2));
    }

    [Test]
    public void Keeps_the_oldest_frames_if_it_is_told_so()
    {
        using var line = new Line(new CallbackFrameSourceOptions { QueueFrames = 2, Overflow = CallbackOverflow.DropNewest });
        Assert.That(Enumerable.Range(0, 4).Select(line.Offer), Is.EqualTo(new[] { true, true, false, false }));
        Assert.That(line.ReadAll(), Is.EqualTo(new[] { (0L, FrameReadStatus.Frame), (1L, FrameReadStatus.Frame), (2L, FrameReadStatus.Dropped), (3L, FrameReadStatus.Dropped) }));
    }

    [Test]
    public void Keeps_count_of_more_frames_than_it_can_tell_one_by_one([Values] CallbackOverflow overflow)
    {
        using var line = new Line(new CallbackFrameSourceOptions { QueueFrames = 2, Overflow = overflow });
        for (var number = 0; number < 1000; number++)
        {
            line.Offer(number);
        }

        var read = line.ReadAll();
        var calls = line.Source.GetStatistics();
        Assert.That(read.Count(frame => frame.Status == FrameReadStatus.Frame), Is.EqualTo(2));
        Assert.That(read.Select(frame => frame.Sequence), Is.Ordered.Ascending);
        Assert.That(read.Last().Sequence, overflow == CallbackOverflow.DropOldest ? Is.EqualTo(999) : Is.LessThan(999));
        Assert.That((calls.Frames, calls.QueueFull, calls.Unreported), Is.EqualTo((1000, 998, 1000 - read.Count)));
    }

    [Test]
    public void A_frame_without_a_buffer_is_dropped_in_its_place()
    {
        using var line = new Line(new CallbackFrameSourceOptions { FillBuffers = 2 });
        Assert.That(line.Source.TryRent(out var one, out var length) && line.Source.TryAnnounce(out _, out _));
        Assert.That((length, line.Source.TryRent(out _, out _), line.Offer(0)), Is.EqualTo((64, false, false)));
        Assert.That(line.Source.Publish(one, Info(1)), Is.True);
        Assert.That(line.Offer(2), Is.True);
        Assert.That(line.ReadAll(), Is.EqualTo(new[] { (0L, FrameReadStatus.Dropped), (1L, FrameReadStatus.Frame), (2L, FrameReadStatus.Frame) }));
        Assert.That(line.Source.GetStatistics().NoBuffer, Is.EqualTo(1));
    }

    [Test]
    public void Wrong_calls_are_refused_and_counted_and_none_throws()
    {
        using var line = new Line(new CallbackFrameSourceOptions());
        Assert.That(line.Source.Offer(new byte[64], Info(0) with { Length = 65 }), Is.False, "longer than its bytes");
        Assert.That(line.Source.Offer(new byte[128], Info(1) with { Length = 128 }), Is.False, "longer than a buffer");
        Assert.That(line.Source.Offer(new byte[64], Info(2) with { Length = -1 }), Is.False);
        Assert.That(line.Source.Publish(4096, Info(3)) || line.Source.GiveBack(4096), Is.False, "no such buffer");
        Assert.That(line.Source.TryRent(out var address, out _));
        Assert.That(line.Source.Publish(address, Info(4) with { Length = 65 }), Is.False);
        Assert.That(line.Source.TryRent(out address, out _) && line.Source.GiveBack(address));
        Assert.That(line.Source.GiveBack(address), Is.False, "given back before");
        Assert.That(line.ReadAll().Select(frame => frame.Status), Is.EqualTo(Enumerable.Repeat(FrameReadStatus.Dropped, 4)), "frames that were lost by it are told");
        var calls = line.Source.GetStatistics();
        Assert.That((calls.Invalid, calls.Frames, calls.NoBuffer), Is.EqualTo((7, 4, 4)));
        line.Source.Stop();
        line.Source.Fail(new IOException("late"));
        line.Source.Complete();
        line.Source.ReportDropped(Info(5));
        Assert.That((line.Offer(6), line.Source.TryRent(out _, out _), line.Source.TryAnnounce(out _, out _)), Is.EqualTo((false, false, false)));
        Assert.That(line.Source.GetStatistics().Refused, Is.EqualTo(6));
    }

    [Test]
    public void What_waits_is_read_before_the_end_and_before_the_failure()
    {
        using var line = new Line(new CallbackFrameSourceOptions { Name = "vendor" });
        line.Offer(0);
        line.Source.Fail(new IOException("the plug was pulled"));
        Assert.That(line.Source.Read(TimeSpan.Zero, default) is { Status: FrameReadStatus.Frame, Lease: var lease } && Release(lease));
        Assert.That(() => line.Source.Read(TimeSpan.Zero, default), Throws.TypeOf<FrameSourceException>().With.Message.Contains("'vendor'").And.Message.Contains("the plug was pulled").And.InnerException.TypeOf<IOException>());
        line.Reopen();
        line.Offer(0);
        line.Source.Complete();
        Assert.That(line.ReadAll(), Has.Count.EqualTo(1));
        Assert.That(line.Source.Read(TimeSpan.Zero, default).Status, Is.EqualTo(FrameReadStatus.EndOfStream));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_reader_that_waits_is_woken_by_a_frame_an_end_or_its_token(CancellationToken timeout)
    {
        using var line = new Line(new CallbackFrameSourceOptions());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var hour = TimeSpan.FromHours(1);
        var frame = Task.Run(() => Release(line.Source.Read(hour, stop.Token).Lease), timeout);
        line.Offer(0);
        Assert.That(await frame.WaitAsync(timeout));
        var cancelled = Task.Run(() => Assert.Catch<OperationCanceledException>(() => line.Source.Read(hour, stop.Token).Lease.Dispose())!.CancellationToken, timeout);
        await stop.CancelAsync();
        Assert.That(await cancelled.WaitAsync(timeout), Is.EqualTo(stop.Token));
        var end = Task.Run(() => line.Source.Read(hour, timeout).Status, timeout);
        line.Source.Complete();
        Assert.That(await end.WaitAsync(timeout), Is.EqualTo(FrameReadStatus.EndOfStream));
    }

    [Test]
    public void Buffers_of_a_driver_come_back_when_it_has_stopped()
    {
        using var line = new Line(new CallbackFrameSourceOptions { FillBuffers = 3 });
        Assert.That(line.Source.TryAnnounce(out _, out _) && line.Source.TryAnnounce(out _, out _) && line.Source.TryAnnounce(out _, out _));
        line.Offer(0);
        line.Source.Stop();
        Assert.That(line.Pool.Rented, Is.Zero);
        Assert.That((line.Source.GetStatistics().AbandonedBuffers, line.Library.Calls), Is.EqualTo((0, "open start stop")));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_callback_that_still_fills_a_buffer_is_waited_for_and_then_keeps_it(CancellationToken timeout)
    {
        using var line = new Line(new CallbackFrameSourceOptions { StopTimeout = TimeSpan.FromSeconds(30) });
        Assert.That(line.Source.TryRent(out var address, out _));
        var stopping = Task.Run(line.Source.Stop, timeout);
        await Eventually.HoldsAsync(() => line.Library.Calls.EndsWith("stop", StringComparison.Ordinal), "the library is stopped", timeout);
        Assert.That(line.Source.Publish(address, Info(0)), Is.False);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20), timeout);
        Assert.That(line.Pool.Rented, Is.Zero);

        using var hasty = new Line(new CallbackFrameSourceOptions { StopTimeout = TimeSpan.FromSeconds(1) });
        Assert.That(hasty.Source.TryRent(out address, out _));
        hasty.Source.Stop();
        Assert.That((hasty.Pool.Rented, hasty.Source.GetStatistics().AbandonedBuffers), Is.EqualTo((1, 1)));
        hasty.Reopen();
        Assert.That(hasty.Source.Publish(address, Info(0)), Is.False, "it is of the stream before");
        Assert.That((hasty.Pool.Rented, hasty.Source.GetStatistics().AbandonedBuffers), Is.EqualTo((0, 0)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_library_that_hangs_is_left_to_its_thread_and_keeps_its_buffers_until_it_returns(CancellationToken timeout)
    {
        using var line = new Line(new CallbackFrameSourceOptions { Name = "vendor", CallTimeout = TimeSpan.FromSeconds(30), StopTimeout = TimeSpan.FromMilliseconds(10) });
        Assert.That(line.Source.TryAnnounce(out _, out _));
        line.Library.Hang.Reset();
        line.Source.Stop();
        var calls = line.Source.GetStatistics();
        Assert.That((calls.HungCalls, calls.AbandonedBuffers, line.Pool.Rented), Is.EqualTo((1, 1, 1)));
        Assert.That(line.Log.Records.Single(record => record.EventId == 4270).Message, Does.Contain("vendor"));
        Assert.That(line.Reopen, Throws.TypeOf<FrameSourceException>().With.Message.Contains("still not returned"));
        line.Library.Hang.Set();
        await Eventually.HoldsAsync(() => line.Pool.Rented == 0, "its buffers come back", timeout);
        await Eventually.HoldsAsync(
            () =>
            {
                try
                {
                    line.Reopen();
                    return true;
                }
                catch (FrameSourceException)
                {
                    return false;
                }
            },
            "it can be opened again", timeout);
        line.Offer(0);
        Assert.That(line.ReadAll(), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_library_that_hangs_while_it_is_opened_is_closed_once_it_returns(CancellationToken timeout)
    {
        var library = new ScriptedLibrary(new CallbackFrameSourceOptions { Name = "vendor", CallTimeout = TimeSpan.FromMilliseconds(10) });
        library.Hang.Reset();
        Assert.That(() => library.Open(Context(new LogRecorder()), timeout), Throws.TypeOf<FrameSourceException>().With.Message.Contains("did not open it within"));
        library.Hang.Set();
        await Eventually.HoldsAsync(() => library.Calls == "open close", "it is closed", timeout);
        library.Dispose();
    }

    [Test]
    public void A_library_that_throws_is_named_and_may_be_opened_again()
    {
        using var line = new Line(new CallbackFrameSourceOptions { Name = "vendor" });
        line.Library.Failure = new InvalidOperationException("error -7");
        line.Source.Stop();
        Assert.That(line.Log.Records.Single().EventId, Is.EqualTo(4271));
        Assert.That(line.Reopen, Throws.TypeOf<FrameSourceException>().With.Message.Contains("'vendor'").And.Message.Contains("error -7"));
        line.Library.Failure = null;
        line.Reopen();
        line.Offer(0);
        Assert.That(line.ReadAll(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Calls_allocate_nothing()
    {
        using var line = new Line(new CallbackFrameSourceOptions { QueueFrames = 2 });
        var pixels = new byte[64];
        Run(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(100);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Run(int frames)
        {
            for (var i = 0; i < frames; i++)
            {
                line.Source.Offer(pixels, Info(i));
                line.Source.TryRent(out var rented, out _);
                line.Source.Publish(rented, Info(i));
                line.Source.TryAnnounce(out var announced, out _);
                line.Source.Publish(announced, Info(i));
                line.Source.ReportDropped(Info(i));
                line.Source.Read(TimeSpan.Zero, CancellationToken.None).Lease.Dispose();
            }
        }
    }

    [Test]
    public void Names_every_option_that_is_out_of_range()
    {
        var options = new CallbackFrameSourceOptions { Name = "", QueueFrames = 0, Overflow = (CallbackOverflow)7, FillBuffers = 0, CallTimeout = TimeSpan.Zero, StopTimeout = TimeSpan.FromDays(1) };
        Assert.That(Assert.Throws<OptionsValidationException>(() => new ScriptedLibrary(options))!.Failures.Count(), Is.EqualTo(6));
    }

    private static FrameInfo Info(long sequence) =>
        new() { Camera = "", Sequence = sequence, HostTimestamp = 0, Width = 8, Height = 8, Stride = 8, Length = 64, PixelFormat = PixelFormat.Mono8 };

    private static FrameSourceContext Context(LogRecorder log) => new(TimeProvider.System, log.CreateLogger<FramePool>(), Meter);

    private static bool Release(FrameLease lease)
    {
        lease.Dispose();
        return true;
    }

    private sealed class ScriptedLibrary(CallbackFrameSourceOptions options) : CallbackFrameSource(options)
    {
        private readonly object _gate = new();
        private string _calls = "";

        /// <summary>Calls return only while it is set.</summary>
        public ManualResetEventSlim Hang { get; } = new(true);

        public Exception? Failure { get; set; }

        public string Calls
        {
            get
            {
                lock (_gate)
                {
                    return _calls;
                }
            }
        }

        protected override FrameFormat OpenDevice(FrameSourceContext context, CancellationToken cancellationToken)
        {
            Called("open");
            return new FrameFormat(8, 8, PixelFormat.Mono8, 64, FrameRate: 30);
        }

        protected override void StartDevice() => Called("start");

        protected override void StopDevice() => Called("stop");

        protected override void CloseDevice() => Called("close");

        private void Called(string call)
        {
            lock (_gate)
            {
                _calls += _calls.Length == 0 ? call : " " + call;
            }

            Assert.That(Hang.Wait(TimeSpan.FromSeconds(60)));
            if (Failure is { } failure)
            {
                throw failure;
            }
        }
    }

    private sealed class Line : IDisposable
    {
        public Line(CallbackFrameSourceOptions options)
        {
            Library = new ScriptedLibrary(options);
            Pool = new FramePool(Library.DriverBuffers + 2, 64);
            Reopen();
        }

        public ScriptedLibrary Library { get; }

        public CallbackFrameSource Source => Library;

        public FramePool Pool { get; }

        public LogRecorder Log { get; } = new();

        public void Reopen()
        {
            Source.Open(Context(Log), CancellationToken.None);
            Source.Start(Pool);
        }

        public bool Offer(int number) => Source.Offer(Enumerable.Repeat((byte)number, 64).ToArray(), Info(number));

        public List<(long Sequence, FrameReadStatus Status)> ReadAll()
        {
            var frames = new List<(long, FrameReadStatus)>();
            for (var read = Source.Read(TimeSpan.Zero, default); read.Status is FrameReadStatus.Frame or FrameReadStatus.Dropped; read = Source.Read(TimeSpan.Zero, default))
            {
                frames.Add((read.Info.Sequence, read.Status));
                read.Lease.Dispose();
            }

            return frames;
        }

        public void Dispose()
        {
            Library.Failure = null;
            Library.Hang.Set();
            Source.Dispose();
            Assert.That(Pool.Rented, Is.Zero, Pool.DescribeHolders());
            Pool.Dispose();
        }
    }
}
