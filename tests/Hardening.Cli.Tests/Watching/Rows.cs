using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Tests.Watching;

/// <summary>Draws samples of a process as it is seen from outside: one each 200 ms, all of them deep.</summary>
internal sealed class Rows
{
    public const long Interval = 200_000_000;
    public const int Futex = 202;

    private readonly List<WindowSample> _samples = [];
    private readonly Dictionary<ulong, int> _owners = [];

    public IReadOnlyList<WindowSample> Samples => _samples;

    /// <summary>Adds samples that are alike.</summary>
    public Rows Add(int count, IReadOnlyList<ThreadSample> threads, ProcessSample process = default, HostSample host = default, RuntimeSample runtime = default)
    {
        for (var i = 0; i < count; i++)
        {
            var time = (_samples.Count + 1) * Interval;
            var sum = process with
            {
                Threads = threads.Count,
                Runnable = threads.Count(row => row.State == 'R'),
                RunDelay = threads.Sum(row => row.RunDelay),
                Uninterruptible = threads.Count(row => row.State == 'D'),
            };
            if (sum is { UserTicks: 0, SystemTicks: 0 })
            {
                sum.UserTicks = threads.Sum(row => row.RunTime) / 10_000_000;
            }

            _samples.Add(new WindowSample(new Sample { Time = time, Interval = Interval, IsDeep = true, Process = sum, Host = host with { Runnable = Math.Max(host.Runnable, sum.Runnable) }, Runtime = runtime }, threads));
        }

        return this;
    }

    public Rows Owner(ulong address, int owner)
    {
        _owners[address] = owner;
        return this;
    }

    public StallWindow Window(int processors = 2) => new()
    {
        Processors = processors,
        Activity = new StalledActivity { Kind = StalledActivityKind.Process, Name = "process", StallAfter = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromTicks(_samples.Count * Interval / 100) },
        StallStart = 0,
        StallEnd = _samples.Count * Interval,
        Samples = _samples,
        WaitChannels = ["futex_do_wait", "anon_pipe_write", "hrtimer_nanosleep"],
        FutexOwners = _owners,
    };

    /// <summary>A thread in one interval: shares of it.</summary>
    public static ThreadSample Thread(int id, double runs = 0, double delayed = 0, char state = 'S', int call = -1, ulong argument = 0, long switches = 0, long yields = 0, long? slices = null, int channel = 0) => new()
    {
        ThreadId = id,
        State = state,
        RunTime = (long)(runs * Interval),
        RunDelay = (long)(delayed * Interval),
        Slices = slices ?? (runs > 0 ? Math.Max(1, switches) : 0),
        SystemCall = call + 1,
        Argument = argument,
        VoluntarySwitches = switches,
        InvoluntarySwitches = yields,
        WaitChannel = channel,
    };

    /// <summary>Threads that are alike, with numbers from <paramref name="first"/> on.</summary>
    public static ThreadSample[] Threads(int first, int count, Func<int, ThreadSample> each) => [.. Enumerable.Range(first, count).Select(each)];
}
