using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>
/// Finds from samples alone what stands still though it should not. Without heartbeats a thread that waits may just have nothing to do, so only what proves itself counts: a stopped process, a thread that is ready and gets no
/// processor, one that a device or a write holds up, one that waits for a lock that somebody holds, and Python's threads when their one lock does not come. Pure, but for who holds a lock, which is asked for.
/// </summary>
/// <param name="stallAfter">The longest stillness that is none.</param>
/// <param name="owners">Tells who holds a native lock.</param>
/// <param name="locks">Tells who waits for a lock of .NET; null where nobody does.</param>
/// <param name="hasInterpreterLock">Threads of the program wait at one address for their turn alone.</param>
internal sealed class StallFinder(TimeSpan stallAfter, IFutexOwners owners, ILockWaits? locks, bool hasInterpreterLock)
{
    private const int Crowd = 3; // threads that wait for one interpreter's lock; of two, one may be at another lock
    private const int MaxStalls = 10_000;

    private readonly long _limit = (long)stallAfter.TotalNanoseconds;
    private readonly Dictionary<int, ThreadTrack> _threads = [];
    private readonly Dictionary<(Stillness, ulong), OutsideStall> _open = [];
    private readonly List<OutsideStall> _all = [];
    private readonly Dictionary<int, (ulong Lock, long At)> _held = []; // by waiter
    private long _stoppedSince;
    private int _number;

    /// <summary>All, the first to begin first.</summary>
    public IReadOnlyList<OutsideStall> All => _all;

    /// <summary>Those that last.</summary>
    public IEnumerable<OutsideStall> Open => _open.Values;

    /// <summary>Stalls that were not kept.</summary>
    public int Omitted { get; private set; }

    /// <summary>Threads that used to run, and wait for longer than the limit for what cannot be told from outside: with since when.</summary>
    public IEnumerable<(int ThreadId, long Since)> Silent =>
        _threads.Where(thread => thread.Value is { Now: Stillness.Futex, UsedToRun: true } track && _last - track.Since >= _limit && !_open.Values.Any(stall => stall.Threads.ContainsKey(thread.Key))).Select(thread => (thread.Key, thread.Value.Since));

    private long _last;

    /// <summary>Notes who waits for which lock that somebody holds, as stacks told.</summary>
    public void NoteHeld(IEnumerable<HeldLock> locks, long at)
    {
        _held.Clear();
        foreach (var held in locks.Where(held => held.OwnerThreadId > 0))
        {
            foreach (var waiter in held.WaiterThreadIds)
            {
                _held[waiter] = (held.Address, at);
            }
        }
    }

    /// <summary>Takes the next sample.</summary>
    /// <returns>The stalls that were noticed now, and those that are over now.</returns>
    public (IReadOnlyList<OutsideStall> Noticed, IReadOnlyList<OutsideStall> Ended) Add(WindowSample sample)
    {
        _last = sample.Sample.Time;
        var rows = new Dictionary<int, ThreadSample>(sample.Threads.Count);
        foreach (var row in sample.Threads)
        {
            rows[row.ThreadId] = row;
        }

        Track(rows, sample.Sample);
        var noticed = new List<OutsideStall>();
        var still = new HashSet<(Stillness, ulong)>();
        if (IsStopped(sample))
        {
            Note(Stillness.Stopped, 0, 0, _stoppedSince, still, noticed);
        }
        else
        {
            foreach (var (id, track) in _threads)
            {
                if (track.Now is Stillness.Starved or Stillness.Device or Stillness.Call && _last - track.Since >= _limit)
                {
                    Note(track.Now, track.Key, id, track.Since, still, noticed);
                }
            }

            NoteLocks(still, noticed);
        }

        var ended = _open.Where(stall => !still.Contains(stall.Key)).ToList();
        foreach (var (key, stall) in ended)
        {
            stall.Close(_last - sample.Sample.Interval);
            _open.Remove(key);
        }

        return (noticed, [.. ended.Select(stall => stall.Value)]);
    }

    private void Track(Dictionary<int, ThreadSample> rows, in Sample sample)
    {
        foreach (var id in rows.Keys)
        {
            _threads.TryAdd(id, new ThreadTrack());
        }

        foreach (var (id, track) in _threads)
        {
            if (rows.TryGetValue(id, out var row))
            {
                track.Add(row, sample);
            }
            else if (sample.IsDeep && sample.Process.Omitted == 0)
            {
                _threads.Remove(id); // it has ended
            }
            else
            {
                track.Add(null, sample);
            }
        }
    }

    private bool IsStopped(WindowSample sample)
    {
        var isStopped = sample.Threads.Count > 0 ? sample.Threads.All(row => row.State is 'T' or 't') : _stoppedSince != 0 && !sample.Sample.IsDeep;
        _stoppedSince = !isStopped ? 0 : _stoppedSince != 0 ? _stoppedSince : sample.Sample.Time - sample.Sample.Interval;
        return isStopped && _last - _stoppedSince >= _limit;
    }

    private void NoteLocks(HashSet<(Stillness, ulong)> still, List<OutsideStall> noticed)
    {
        var waiting = _threads.Where(thread => thread.Value.Now == Stillness.Futex && _last - thread.Value.Since >= _limit).ToDictionary();
        foreach (var wait in waiting.Count == 0 || locks is null ? [] : locks.Since(_last).TakeWhile(wait => wait.End == 0))
        {
            if (_last - wait.Start >= _limit && waiting.Remove(wait.WaiterThreadId, out var track))
            {
                Note(Stillness.Futex, wait.LockId, wait.WaiterThreadId, Math.Max(track.Since, wait.Start), still, noticed);
            }
        }

        foreach (var (id, held) in _held)
        {
            // It has not moved since it was seen there.
            if (waiting.TryGetValue(id, out var track) && track.Since <= held.At && waiting.Remove(id))
            {
                Note(Stillness.Futex, held.Lock, id, track.Since, still, noticed);
            }
        }

        foreach (var site in FutexSites.Group(waiting, thread => thread.Value.Key))
        {
            var key = KeyOf(site[0].Value.Key);
            var owner = owners.Find(site[0].Value.Key);
            var isInterpreters = owner == 0 && hasInterpreterLock && site.Count(thread => thread.Value.UsedToRun) >= Crowd;
            if (owner == 0 && !isInterpreters && !_open.ContainsKey(key))
            {
                continue;
            }

            foreach (var (id, track) in site)
            {
                Note(Stillness.Futex, key.Address, id, track.Since, still, noticed);
            }

            if (owner != 0 && _open.TryGetValue(key, out var stall))
            {
                stall.Owners[site[0].Value.Key] = owner;
            }
        }
    }

    // A lock that is waited at by another of its words is the same lock.
    private (Stillness Kind, ulong Address) KeyOf(ulong address)
    {
        foreach (var (kind, known) in _open.Keys)
        {
            if (kind == Stillness.Futex && Math.Max(known, address) - Math.Min(known, address) <= FutexSites.Extent)
            {
                return (kind, known);
            }
        }

        return (Stillness.Futex, address);
    }

    private void Note(Stillness kind, ulong key, int thread, long since, HashSet<(Stillness, ulong)> still, List<OutsideStall> noticed)
    {
        if (!_open.TryGetValue((kind, key), out var stall))
        {
            stall = new OutsideStall(++_number, kind, key, since, _last);
            _open.Add((kind, key), stall);
            noticed.Add(stall);
            if (_all.Count < MaxStalls)
            {
                _all.Add(stall);
            }
            else
            {
                Omitted++;
            }
        }

        if (thread != 0)
        {
            stall.Note(thread, since, _last);
        }
        else
        {
            stall.Extend(_last);
        }

        still.Add((kind, key));
    }
}
