using System.Collections.Concurrent;

namespace Hardening.Runtime.RabbitMq.Tests.Chaos;

/// <summary>How each job ended, as its caller saw it: once, or it is said which did not.</summary>
internal sealed class ChaosLedger(int jobs)
{
    private readonly ChaosEnd[] _ends = new ChaosEnd[jobs];
    private readonly SortedDictionary<int, TaskCompletionSource> _awaited = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>How many have ended.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What was wrong with a job; the run ends at the first of them.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    public int Of(ChaosEnd end) => _ends.Count(one => one == end);

    /// <summary>The jobs that ended so.</summary>
    public IEnumerable<int> NumbersOf(ChaosEnd end) => Enumerable.Range(0, jobs).Where(number => _ends[number] == end);

    public void Enter(int number, ChaosEnd end)
    {
        List<TaskCompletionSource> reached = [];
        lock (_gate)
        {
            if (_ends[number] != ChaosEnd.None)
            {
                Wrong.Enqueue($"job {number} ended twice: {_ends[number]}, then {end}");
                return;
            }

            _ends[number] = end;
            _count++;
            while (_awaited.Count > 0 && _awaited.First() is var (count, source) && count <= _count)
            {
                _awaited.Remove(count);
                reached.Add(source);
            }
        }

        reached.ForEach(source => source.SetResult());
        if (end != ChaosEnd.Rejected)
        {
            Interlocked.Exchange(ref _done, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    /// <summary>Ends once another job has ended that was not rejected: there is room again.</summary>
    public Task NextDoneAsync() => Volatile.Read(ref _done).Task;

    /// <summary>Ends once so many jobs have ended.</summary>
    public Task ReachesAsync(int count)
    {
        lock (_gate)
        {
            if (count <= _count)
            {
                return Task.CompletedTask;
            }

            if (!_awaited.TryGetValue(count, out var source))
            {
                _awaited.Add(count, source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            return source.Task;
        }
    }

    public override string ToString() => string.Join(", ", _ends.CountBy(end => end).OrderBy(end => end.Key).Select(end => $"{end.Key} {end.Value}"));
}

/// <summary>How a job may end.</summary>
internal enum ChaosEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>With the right answer.</summary>
    Succeeded,

    /// <summary>Its handler threw, as it must.</summary>
    Failed,

    /// <summary>It ended its workers, as often as it may, and lies with the dead letters.</summary>
    DeadLettered,

    /// <summary>Never begun.</summary>
    Rejected,
}
