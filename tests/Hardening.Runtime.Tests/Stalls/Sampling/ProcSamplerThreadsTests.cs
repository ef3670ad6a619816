using System.Diagnostics;
using System.Globalization;
using Hardening.Interop;
using Hardening.Processes;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

/// <summary>Over real threads and processes.</summary>
public sealed class ProcSamplerThreadsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ThreadSample[] _rows = new ThreadSample[4096];

    [Test, CancelAfter(60_000)]
    public async Task Threads_come_and_go_and_keep_their_name_for_a_while(CancellationToken timeout)
    {
        using var sampler = new ProcSampler();
        int first, second;
        using (var thread = new ParkedThread("comes first"))
        {
            first = thread.Id;
            await Eventually.HoldsAsync(() => Row(sampler, first) is { State: 'S' } && sampler.ThreadNames.GetValueOrDefault(first) == "comes first", "the thread is read", timeout);
            using var other = new ParkedThread("comes second");
            second = other.Id;
            await Eventually.HoldsAsync(() => Row(sampler, second) is { State: 'S' } && sampler.ThreadNames.GetValueOrDefault(second) == "comes second", "the other one is read", timeout);
        }

        await Eventually.HoldsAsync(() => Row(sampler, first) is null && Row(sampler, second) is null, "both are gone", timeout);
        Assert.That((sampler.ThreadNames[first], sampler.ThreadNames[second]), Is.EqualTo(("comes first", "comes second")));
    }

    [Test]
    public void The_name_of_a_thread_that_has_ended_is_forgotten_in_the_end_and_one_that_has_its_number_now_has_its_own()
    {
        var time = new ManualTimeProvider();
        var names = new ThreadNameTable(4, time);
        names.Set(0, 77, "old"u8);
        names.Set(1, 88, "a name that is far too long"u8);
        names.End(0);
        names.Set(2, 99, "b"u8);
        Assert.That(names.Names, Is.EquivalentTo(new Dictionary<int, string> { [77] = "old", [88] = "a name that is f", [99] = "b" }));
        names.Set(0, 77, "new"u8);
        Assert.That(names.Names[77], Is.EqualTo("new"));
        names.End(0);
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.That(names.Names.Keys, Is.EquivalentTo(new[] { 88, 99 }));
    }

    // The system gives a number again after thousands of others; here it is the name of a link that leads to one thread and then to another.
    [Test, CancelAfter(60_000)]
    public async Task A_thread_number_that_is_used_again_is_another_thread(CancellationToken timeout)
    {
        const int number = 77;
        using var proc = new RecordedProc();
        proc.WriteProcess(threads: 1);
        var link = Path.Combine(proc.Root, RecordedProc.Process.ToString(CultureInfo.InvariantCulture), "task", number.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        using var other = new ParkedThread("has it now", work: TimeSpan.FromMilliseconds(20));
        ProcSampler sampler;
        using (var thread = new ParkedThread("had it"))
        {
            Directory.CreateSymbolicLink(link, string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread.Id}"));
            sampler = new ProcSampler(RecordedProc.Process, root: proc.Root);
            Assert.That(Row(sampler, number), Is.Not.Null);
            Assert.That(sampler.ThreadNames[number], Is.EqualTo("had it"));
        }

        using (sampler)
        {
            File.Delete(link);
            Directory.CreateSymbolicLink(link, string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{other.Id}"));
            ThreadSample? row = null;
            await Eventually.HoldsAsync(
                () => (row = Row(sampler, number)) is { State: not '\0' } && sampler.ThreadNames[number] == "has it now", "the new thread is read", timeout);
            Assert.That(row!.Value.RunTime, Is.LessThan(10_000_000), "what it did before is no growth, nor is the difference to the other");
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Reads_another_process(CancellationToken timeout)
    {
        using var child = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "while :; do :; done"]))!;
        try
        {
            using var sampler = new ProcSampler(child.Id);
            long run = 0;
            await Eventually.HoldsAsync(
                () =>
                {
                    var row = Row(sampler, child.Id);
                    run += row?.RunTime ?? 0;
                    return run > 10_000_000;
                },
                "the child runs",
                timeout);
            Assert.That(sampler.ThreadNames[child.Id], Is.Not.Empty);
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(timeout);
            await Eventually.HoldsAsync(() => Row(sampler, child.Id) is null, "it is gone", timeout);
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Finds_descendants_and_their_load(CancellationToken timeout)
    {
        using var tree = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "/bin/sh -c 'while :; do :; done' & /bin/sleep 60 & wait"]))!;
        try
        {
            using var sampler = new ProcSampler(tree.Id);
            ProcessSample process = default;
            var ticks = 0L;
            await Eventually.HoldsAsync(
                () =>
                {
                    process = Take(sampler);
                    ticks += process.ChildrenTicks;
                    return process.Children == 2 && ticks > 2;
                },
                "both children are found, and one works",
                timeout);
            Assert.That(process.RunnableChildren, Is.LessThanOrEqualTo(1));
        }
        finally
        {
            tree.Kill(entireProcessTree: true);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Supervised_processes_are_descendants_and_their_supervisor_is_none(CancellationToken timeout)
    {
        await using var child = SupervisedProcess.Start(new ProcessStartInfo("/bin/sleep", ["59"]));
        using var sampler = new ProcSampler();
        await Eventually.HoldsAsync(
            () => Take(sampler).Children > 0 && sampler.Descendants.Contains(child.Id) && !sampler.Descendants.Contains(ProcessTree.Status.SupervisorId!.Value),
            "the child is found under the supervisor, and the supervisor is not counted",
            timeout);
    }

    [Test]
    public void Of_a_young_child_that_is_found_late_all_that_it_used_counts()
    {
        using var proc = new RecordedProc();
        var time = new ManualTimeProvider();
        proc.WriteProcess();
        proc.WriteThread(1);
        proc.Write("50/stat", RecordedProc.Stat(50, "old", 'R', user: 700));
        proc.Write($"{RecordedProc.Process}/task/1/children", "50 ");
        using var sampler = new ProcSampler(RecordedProc.Process, time, proc.Root);
        var began = time.Nanoseconds;
        Assert.That(Take(sampler), Has.Property("ChildrenTicks").Zero.And.Property("FoundChildren").Zero, "what it used before anyone looked is not of now");
        time.Advance(TimeSpan.FromSeconds(3));
        proc.Write("51/stat", RecordedProc.Stat(51, "young", 'R', user: 40, start: (began + (Libc.Suspended ?? 0)) / 10_000_000 + 200));
        proc.Write($"{RecordedProc.Process}/task/1/children", "50 51 ");
        Assert.That(Take(sampler).Children, Is.EqualTo(1), "found, and read from the next sample on");
        var process = Take(sampler);
        Assert.That((process.Children, process.ChildrenTicks, process.FoundChildren), Is.EqualTo((2, 40L, 1)));
        Assert.That(process.FoundChildrenAge, Is.EqualTo(1_000_000_000).Within(10_000_000));
        Assert.That(Take(sampler), Has.Property("ChildrenTicks").Zero.And.Property("FoundChildren").Zero, "once");
    }

    [Test]
    public void What_was_counted_of_a_child_alive_is_not_counted_again_when_it_was_waited_for()
    {
        using var proc = new RecordedProc();
        proc.WriteProcess();
        proc.WriteThread(1);
        proc.Write($"{RecordedProc.Process}/task/1/children", "50 ");
        using var child = Process.Start(new ProcessStartInfo("/bin/sleep", ["60"]))!;
        try
        {
            var link = Path.Combine(proc.Root, "50");
            proc.Write($"{RecordedProc.Process}/task/1/children", "50 ");
            Directory.CreateSymbolicLink(link, string.Create(CultureInfo.InvariantCulture, $"/proc/{child.Id}"));
            using var sampler = new ProcSampler(RecordedProc.Process, root: proc.Root);
            Assert.That(Take(sampler).Children, Is.EqualTo(1));
            child.Kill(entireProcessTree: true);
            child.WaitForExit(Limit);
            proc.WriteProcess(childUser: 1); // less than a tick of its own was seen
            var process = Take(sampler);
            Assert.That((process.Children, process.EndedChildrenTicks), Is.EqualTo((0, 1L)));
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }
    }

    private ProcessSample Take(ProcSampler sampler)
    {
        ProcessSample process = default;
        sampler.Read(ref process, _rows, [], deep: true);
        sampler.Prepare();
        return process;
    }

    private ThreadSample? Row(ProcSampler sampler, int thread)
    {
        ProcessSample process = default;
        var count = sampler.Read(ref process, _rows, [], deep: true);
        sampler.Prepare();
        return _rows[..count].Where(row => row.ThreadId == thread).Select(row => (ThreadSample?)row).FirstOrDefault();
    }
}
