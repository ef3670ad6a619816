using System.Diagnostics.CodeAnalysis;

namespace Hardening.Pool;

/// <summary>The jobs under which workers ended, known by a fingerprint. Bounded: the one whose last end is longest ago makes room. For any thread; costs a look while it is empty.</summary>
/// <param name="poisonAfter">How many ends make a job poison.</param>
/// <param name="time">The pool's clock.</param>
internal sealed class PoisonList(int poisonAfter, TimeProvider time)
{
    public const int Capacity = 1024;

    /// <summary>How long an end is remembered. Not for ever: what made the job deadly may have been repaired.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LinkedListNode<Suspect>> _suspects = [];
    private readonly LinkedList<Suspect> _byLastEnd = []; // the oldest first
    private volatile int _count;

    /// <summary>Whether no job is known here, so that nobody need compute a fingerprint.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>How many jobs are poison.</summary>
    public int Quarantined
    {
        get
        {
            if (IsEmpty)
            {
                return 0;
            }

            lock (_gate)
            {
                ForgetOldUnderLock();
                return _suspects.Values.Count(suspect => suspect.Value.Ends >= poisonAfter);
            }
        }
    }

    /// <summary>A worker ended under this job.</summary>
    /// <param name="fingerprint">See <see cref="JobFingerprint"/>.</param>
    /// <param name="end">How.</param>
    /// <returns>How many workers that makes. The job is poison from <c>PoisonAfter</c> on.</returns>
    public int Add(ulong fingerprint, Exception end)
    {
        lock (_gate)
        {
            ForgetOldUnderLock();
            var ends = 1;
            if (_suspects.Remove(fingerprint, out var known))
            {
                ends += known.Value.Ends;
                _byLastEnd.Remove(known);
            }
            else if (_suspects.Count == Capacity)
            {
                _suspects.Remove(_byLastEnd.First!.Value.Fingerprint);
                _byLastEnd.RemoveFirst();
            }

            _suspects.Add(fingerprint, _byLastEnd.AddLast(new Suspect(fingerprint, ends, end, time.GetTimestamp())));
            _count = _suspects.Count;
            return ends;
        }
    }

    /// <summary>Whether the job is not to be begun any more.</summary>
    /// <param name="fingerprint">See <see cref="JobFingerprint"/>.</param>
    /// <param name="ends">How many workers ended under it.</param>
    /// <param name="lastEnd">How the last of them ended.</param>
    public bool IsPoison(ulong fingerprint, out int ends, [NotNullWhen(true)] out Exception? lastEnd)
    {
        lock (_gate)
        {
            ForgetOldUnderLock();
            (ends, lastEnd) = _suspects.TryGetValue(fingerprint, out var known) ? (known.Value.Ends, known.Value.LastEnd) : (0, null);
        }

        return ends >= poisonAfter && lastEnd is not null;
    }

    private void ForgetOldUnderLock()
    {
        while (_byLastEnd.First is { } oldest && time.GetElapsedTime(oldest.Value.At) >= KeptFor)
        {
            _suspects.Remove(oldest.Value.Fingerprint);
            _byLastEnd.RemoveFirst();
        }

        _count = _suspects.Count;
    }

    private sealed record Suspect(ulong Fingerprint, int Ends, Exception LastEnd, long At);
}
