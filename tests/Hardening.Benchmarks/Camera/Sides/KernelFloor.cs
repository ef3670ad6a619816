using Hardening.Benchmarks.Peers;
using Hardening.Benchmarks.Pool.Sides;

namespace Hardening.Benchmarks.Camera.Sides;

/// <summary>What the cores can do at all: the copy, the kernel, or both, on as many threads as there are workers, with nothing between them.</summary>
internal sealed class KernelFloor(Workload workload, bool copies, bool works)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly long[] _done = new long[Workload.Workers * 16]; // a cache line apart
    private volatile bool _isStopping;

    public async Task<CameraMeasurement> MeasureAsync()
    {
        using var memory = new DriverMemory(workload);
        var wrong = false;
        Thread[] threads = [.. Enumerable.Range(0, Workload.Workers).Select(number => new Thread(() => wrong |= !Run(number, memory)) { IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        MonotonicClock.SleepUntil(MonotonicClock.Now + (long)(workload.WarmUp * 1e9));
        await Console.Out.WriteLineAsync("begin");
        var (before, begin, cpu) = (Done, MonotonicClock.Now, TreeCpu.Now());
        MonotonicClock.SleepUntil(begin + (long)(workload.Seconds * 1e9));
        var (after, end, used) = (Done, MonotonicClock.Now, TreeCpu.Now() - cpu);
        await Console.Out.WriteLineAsync("end");
        await Console.In.ReadLineAsync().WaitAsync(AnswerLimit, TimeProvider.System);
        _isStopping = true;
        var ended = Array.TrueForAll(threads, thread => thread.Join(AnswerLimit));
        return new CameraMeasurement { Frames = after - before, Seconds = (end - begin) / 1e9, CpuSeconds = used.TotalSeconds, Fingerprint = memory.Fingerprint, Wrong = !ended ? "a thread does not end" : wrong ? "a result is wrong" : null };
    }

    private long Done => Enumerable.Range(0, Workload.Workers).Sum(number => Volatile.Read(ref _done[number * 16]));

    private bool Run(int number, DriverMemory memory)
    {
        var frame = GC.AllocateArray<byte>(workload.FrameBytes, pinned: true);
        var work = new FrameWork(workload);
        var isRight = true;
        for (var sequence = 0L; !_isStopping; sequence++)
        {
            var image = DriverMemory.ImageOf(number * 2, sequence);
            if (copies)
            {
                memory.Image(image).CopyTo(frame);
            }

            if (works)
            {
                isRight &= memory.IsRight(image, work.Run(copies ? frame : memory.Image(image)));
            }

            Volatile.Write(ref _done[number * 16], sequence + 1);
        }

        return isRight;
    }
}
