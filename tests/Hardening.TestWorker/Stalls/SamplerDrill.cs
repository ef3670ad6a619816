using System.Text.Json;
using Hardening.Stalls.Sampling;

namespace Hardening.TestWorker.Stalls;

/// <summary>The stall sampler in need: without a descriptor left, or in a storm of mappings. Writes a line of JSON.</summary>
internal static class SamplerDrill
{
    public const string Usage = "usage: sampler descriptors|storm";

    private const int Threads = 30;
    private const int Samples = 60;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StormLasts = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StormPeriod = TimeSpan.FromMilliseconds(50);

    public static int Run(string what)
    {
        using var park = new Park(Threads);
        Console.WriteLine(what == "storm" ? JsonSerializer.Serialize(InStorm()) : JsonSerializer.Serialize(WithoutDescriptors()));
        return 0;
    }

    private static Starved WithoutDescriptors()
    {
        var turns = 0;
        using var sampler = Sampler(() => Interlocked.Increment(ref turns));
        var begin = TimeProvider.System.GetTimestamp();
        var complete = 0;
        while (complete < 3 && TimeProvider.System.GetElapsedTime(begin) < Limit)
        {
            var (wanted, before) = (Volatile.Read(ref turns) + 2, sampler.LastTime);
            sampler.Take([], deep: true);
            SpinWait.SpinUntil(() => Volatile.Read(ref turns) >= wanted - 1, Limit);
            complete = sampler.Copy(before + 1, long.MaxValue) is [var sample] && IsComplete(sample) ? complete + 1 : 0;
        }

        var refused = NativeStorm.UseUpDescriptors();
        var start = sampler.LastTime;
        for (var i = 0; i < Samples; i++)
        {
            var seen = Volatile.Read(ref turns);
            sampler.Take([Environment.ProcessId], deep: i % 2 == 0);
            SpinWait.SpinUntil(() => Volatile.Read(ref turns) > seen, Limit); // the aide tries meanwhile, and fails
        }

        var samples = sampler.Copy(start + 1, long.MaxValue);
        return new Starved(
            refused, complete, samples.Count, samples.Max(sample => sample.Sample.Process.Omitted), samples.Where(sample => sample.Sample.IsDeep).Min(sample => sample.Threads.Count(IsDetailed)),
            samples.Sum(sample => sample.Sample.Host.UserTicks + sample.Sample.Host.IdleTicks + sample.Sample.Host.SystemTicks), samples.Sum(sample => sample.Sample.Process.UserTicks + sample.Sample.Process.SystemTicks));
    }

    private static Stormy InStorm()
    {
        using var sampler = Sampler();
        for (var i = 0; i < 100; i++)
        {
            sampler.Take([Environment.ProcessId], deep: i % 2 == 0); // as a watchdog that has run for a while
        }

        Naive();
        using var storm = NativeStorm.Begin(threads: 6, bytes: 64 << 20);
        var (ours, oursLate) = Count(() => sampler.Take([Environment.ProcessId], deep: false));
        var (naive, naiveLate) = Count(Naive);
        return new Stormy((int)(StormLasts / StormPeriod), ours, oursLate, naive, naiveLate);
    }

    private static (int Count, double WorstMilliseconds) Count(Action take)
    {
        var (count, worst) = (0, 0d);
        var thread = new Thread(() =>
        {
            using var never = new ManualResetEventSlim();
            var begin = TimeProvider.System.GetTimestamp();
            for (var last = begin; TimeProvider.System.GetElapsedTime(begin) < StormLasts;)
            {
                never.Wait(StormPeriod);
                take();
                var now = TimeProvider.System.GetTimestamp();
                (count, worst, last) = (count + 1, Math.Max(worst, TimeProvider.System.GetElapsedTime(last, now).TotalMilliseconds), now);
            }
        });
        thread.Start();
        thread.Join(Limit * 2);
        return (count, worst);
    }

    // As one writes it.
    private static void Naive()
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                _ = File.ReadAllText(Path.Combine(thread, "stat")).Split(' ');
            }
            catch (IOException)
            {
                // It has ended.
            }
        }
    }

    private static bool IsComplete(WindowSample sample) => sample.Sample.Process.Omitted == 0 && sample.Threads.Count(IsDetailed) >= Threads;

    private static bool IsDetailed(ThreadSample row) => row is { State: not '\0', SystemCall: > 0 };

    private static StallSampler Sampler(params ReadOnlySpan<Action> aside) =>
        new(new ProcSampler(), new HostSampler(), new NoRuntime(), TimeProvider.System, TimeSpan.FromMilliseconds(50), aside);

    private sealed class NoRuntime : IRuntimeSampler
    {
        public void Read(ref RuntimeSample runtime)
        {
        }
    }

    private sealed class Park : IDisposable
    {
        private readonly ManualResetEventSlim _end = new();

        public Park(int threads)
        {
            var parked = Enumerable.Range(0, threads).Select(i => new Thread(() => _end.Wait(Limit * 10)) { IsBackground = true, Name = $"parked {i}" }).ToList();
            parked.ForEach(static thread => thread.Start());
        }

        public void Dispose() => _end.Set();
    }
}

/// <summary>What the sampler gave while no file could be opened.</summary>
/// <param name="Refused">Opening a file failed before the first sample.</param>
/// <param name="Complete">Samples before that gave all threads, in a row.</param>
/// <param name="Samples">How many were taken.</param>
/// <param name="MostOmitted">Threads without a row, at worst.</param>
/// <param name="LeastDetailed">Threads with details in a deep sample, at least.</param>
/// <param name="HostTicks">What the host's processors did.</param>
/// <param name="OwnTicks">What the process did.</param>
internal sealed record Starved(bool Refused, int Complete, int Samples, int MostOmitted, int LeastDetailed, long HostTicks, long OwnTicks);

/// <summary>Samples made in a storm by the stall sampler, and by one that reads files as one does.</summary>
internal sealed record Stormy(int Due, int Ours, double OursWorst, int Naive, double NaiveWorst);
