using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

/// <summary>Over files that are written by the test.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ProcSamplerTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly ManualTimeProvider _time = new();
    private readonly ThreadSample[] _rows = new ThreadSample[64];
    private readonly RecordedProc _proc = new();
    private ProcSampler? _sampler;

    public void Dispose()
    {
        _sampler?.Dispose();
        _proc.Dispose();
    }

    [Test]
    public void The_first_reading_has_no_growth_and_each_further_one_that_since_the_last()
    {
        _proc.WriteProcess(threads: 2, user: 100, system: 50, minorFaults: 1000, majorFaults: 10, childUser: 5);
        _proc.WriteThread(1, run: 1_000_000, delay: 2_000_000, slices: 3, user: 90);
        _proc.WriteThread(2, run: 9, delay: 9, slices: 9);
        Assert.That(Take(out var process), Is.Empty);
        Assert.That((process.Threads, process.UserTicks, process.RunDelay, process.Omitted), Is.EqualTo((2, 0L, 0L, 0)));

        _proc.WriteProcess(threads: 2, user: 103, system: 51, minorFaults: 1500, majorFaults: 11, childUser: 9, childSystem: 1);
        _proc.WriteThread(1, state: 'R', run: 31_000_000, delay: 7_000_000, slices: 5, user: 92, system: 1, minorFaults: 40);
        var row = Take(out process).Single();
        Assert.That((row.ThreadId, row.State, row.RunTime, row.RunDelay, row.Slices, row.UserTicks, row.SystemTicks, row.MinorFaults), Is.EqualTo((1, 'R', 30_000_000L, 5_000_000L, 2L, 2, 1, 40L)));
        Assert.That(
            (process.UserTicks, process.SystemTicks, process.MinorFaults, process.MajorFaults, process.EndedChildrenTicks, process.RunDelay, process.Runnable),
            Is.EqualTo((3L, 1L, 500L, 1L, 5L, 5_000_000L, 1)));

        _proc.WriteThread(1, run: 31_000_000, delay: 7_000_000, slices: 5, user: 92, system: 1, minorFaults: 40);
        Assert.That(Take(out process), Is.Empty, "it sleeps, and has not moved");
        Assert.That((process.UserTicks, process.Runnable), Is.EqualTo((0L, 0)));
    }

    [Test]
    public void A_thread_that_does_nothing_is_looked_at_now_and_then_and_at_once_on_suspicion()
    {
        _proc.WriteProcess(threads: 2);
        _proc.WriteThread(1, run: 100);
        _proc.WriteThread(2, run: 100);
        for (var i = 0; i < 12; i++)
        {
            Assert.That(Take(out var still), Is.Empty);
            Assert.That(still.Omitted, Is.Zero, "what is not looked at is not lost");
        }

        _proc.WriteThread(1, run: 300);
        var rows = new List<ThreadSample>();
        for (var i = 0; i < 4; i++)
        {
            rows.AddRange(Take(out _));
        }

        Assert.That(rows.Select(row => (row.ThreadId, row.RunTime)), Is.EqualTo(new[] { (1, 200L) }), "seen once, with all that it did");
        _proc.WriteThread(2, run: 700);
        Assert.That(Take(out _, deep: true).Single(row => row.ThreadId == 2).RunTime, Is.EqualTo(600));
    }

    [Test]
    public void Watched_threads_have_a_row_each_and_one_that_cannot_be_read_an_empty_one()
    {
        _proc.WriteProcess(threads: 2);
        _proc.WriteThread(1);
        _proc.WriteThread(2);
        Take(out _);
        var rows = Take(out _, [2, 0, 99, 2, 99]);
        Assert.That(rows.Select(row => (row.ThreadId, row.State)), Is.EquivalentTo(new[] { (2, 'S'), (99, '\0') }));
    }

    [Test]
    public void A_thread_that_waits_for_a_processor_all_the_time_says_so_before_the_kernel_counts_it_and_once()
    {
        _proc.WriteProcess();
        _proc.WriteThread(1, state: 'R', run: 100, delay: 100, slices: 1);
        Take(out _);
        var first = Take(out var process).Single();
        var second = Take(out _).Single();
        Assert.That((first.RunDelay, second.RunDelay, process.RunDelay, process.Runnable), Is.EqualTo((200_000_000L, 200_000_000L, 200_000_000L, 1)));
        _proc.WriteThread(1, state: 'R', run: 200, delay: 100 + 470_000_000, slices: 2);
        var third = Take(out _).Single();
        Assert.That((third.RunTime, third.RunDelay, third.Slices), Is.EqualTo((100L, 70_000_000L, 1L)), "400 of the 470 ms were told of before");
    }

    [Test]
    public void A_deep_reading_has_each_thread_with_what_it_waits_for()
    {
        _proc.WriteProcess(threads: 2);
        _proc.WriteThread(1);
        _proc.WriteThread(2, state: 'R');
        _proc.WriteDetails(1, "futex_do_wait.constprop.0", "202 0x7f1234567890 0x80 0x0 0x0 0x0 0x0 0x7ffd 0x7fe5\n", 1000, 10);
        _proc.WriteDetails(2, "0", "running\n", 5, 6);
        Take(out _, deep: true);
        _proc.WriteDetails(1, "futex_do_wait.constprop.0", "202 0x7f1234567890 0x80 0x0 0x0 0x0 0x0 0x7ffd 0x7fe5\n", 1500, 11);
        var rows = Take(out _, deep: true).ToDictionary(row => row.ThreadId);
        Assert.That((rows[1].SystemCall, rows[1].Argument, rows[1].VoluntarySwitches, rows[1].InvoluntarySwitches), Is.EqualTo((203, 0x7f1234567890UL, 500L, 1L)));
        Assert.That(_sampler!.WaitChannels[rows[1].WaitChannel - 1], Is.EqualTo("futex_do_wait"));
        Assert.That((rows[2].WaitChannel, rows[2].SystemCall), Is.EqualTo((0, 0)));
        Take(out _);
        _proc.WriteDetails(1, "pipe_read", "-1 0x0 0x0\n", 9_000_000, 11);
        var later = Take(out _, deep: true).First(row => row.ThreadId == 1);
        Assert.That((later.SystemCall, later.VoluntarySwitches), Is.EqualTo((0, 0L)), "outside of a call; and switches of the time in between are nobody's growth");
        Assert.That(_sampler.WaitChannels, Is.EqualTo(new[] { "futex_do_wait", "pipe_read" }));
    }

    [Test]
    public void Threads_that_come_are_read_from_the_next_sample_on_and_counted_until_then()
    {
        _proc.WriteProcess(threads: 1);
        _proc.WriteThread(1);
        Take(out _);
        _proc.WriteProcess(threads: 2);
        _proc.WriteThread(2, run: 5, slices: 1, name: "new one");
        Take(out var process, deep: true);
        Assert.That(process.Omitted, Is.EqualTo(1));
        Take(out process, deep: true);
        Assert.That(process.Omitted, Is.Zero);
        Assert.That(_sampler!.ThreadNames, Is.EquivalentTo(new Dictionary<int, string> { [1] = "thread", [2] = "new one" }));
    }

    [Test]
    public void Rows_that_do_not_fit_are_counted()
    {
        const int threads = 70;
        _proc.WriteProcess(threads);
        for (var i = 1; i <= threads; i++)
        {
            _proc.WriteThread(i);
        }

        Assert.That(Take(out var process, deep: true), Has.Length.EqualTo(_rows.Length));
        Assert.That(process.Omitted, Is.EqualTo(threads - _rows.Length));
    }

    [Test]
    public void No_more_than_a_quarter_of_the_descriptors_are_used_and_what_is_left_out_is_counted()
    {
        _proc.WriteProcess(threads: 30);
        for (var i = 1; i <= 30; i++)
        {
            _proc.WriteThread(i);
            _proc.WriteDetails(i, "futex_do_wait", "running\n", 1, 1);
        }

        _sampler = new ProcSampler(RecordedProc.Process, _time, _proc.Root, descriptorLimit: 160);
        Assert.That(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(IsRecorded), Is.EqualTo(40 + 2), "and the process's own two");
        Assert.That(Take(out var process, deep: true), Has.Length.EqualTo(20));
        Assert.That(process.Omitted, Is.EqualTo(10));
    }

    [Test]
    public void Without_schedstat_times_are_those_of_stat_and_the_lack_is_named()
    {
        _proc.WriteProcess();
        var stat = RecordedProc.Stat(1, "old kernel", 'S', user: 5);
        _proc.Write($"{RecordedProc.Process}/task/1/stat", stat);
        Take(out _);
        _proc.Write($"{RecordedProc.Process}/task/1/stat", RecordedProc.Stat(1, "old kernel", 'S', user: 7));
        Assert.That(Take(out _).Single().RunTime, Is.EqualTo(20_000_000));
        Assert.That(_sampler!.Missing, Has.Some.Contains("schedstat"));
    }

    [Test]
    public void Reads_nothing_of_a_process_that_is_not_there_and_says_so()
    {
        Assert.That(Take(out var process, [1], deep: true), Is.Empty);
        Assert.That(process, Is.EqualTo(default(ProcessSample)));
        Assert.That(_sampler!.Missing.Single(), Does.Contain($"{_proc.Root}/{RecordedProc.Process}"));
    }

    [Test]
    public void Details_that_are_not_there_are_named()
    {
        _proc.WriteProcess();
        _proc.WriteThread(1);
        Take(out _, deep: true);
        Assert.That(_sampler!.Missing, Has.Some.Contains("wchan").And.Some.Contains("syscall").And.Some.Contains("children"));
    }

    private bool IsRecorded(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget?.StartsWith(_proc.Root, StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // of another test
        }
    }

    private ThreadSample[] Take(out ProcessSample process, int[]? watched = null, bool deep = false)
    {
        _sampler ??= new ProcSampler(RecordedProc.Process, _time, _proc.Root);
        process = default;
        var count = _sampler.Read(ref process, _rows, watched, deep);
        _sampler.Prepare();
        _time.Advance(Period);
        return _rows[..count];
    }
}
