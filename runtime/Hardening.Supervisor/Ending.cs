using Hardening.Interop;

namespace Hardening.Supervisor;

/// <summary>Ends a tree: SIGTERM to all, the grace period, then rounds of stop, scan and kill until none is left.</summary>
internal sealed class Ending(Family family)
{
    private const int RoundEvery = 5; // ms
    private const int GiveUpAfter = 5_000; // ms: what SIGKILL has not ended by then is another user's, or stuck in the kernel
    private const int RetryEvery = 1_000;
    private const int MostPasses = 100;

    private readonly List<Member> _members = [];
    private readonly HashSet<int> _stopped = [];

    /// <summary>Asks the tree to end within the grace period; a later call can only shorten it. The family has just been looked at: once for all where thousands of trees end.</summary>
    public void Begin(Tree tree, int gracePeriod)
    {
        var now = Environment.TickCount64;
        if (tree.Phase == Phase.Running)
        {
            tree.Phase = Phase.Terminating;
            tree.DueAt = now + gracePeriod;
            if (gracePeriod > 0)
            {
                family.Walk(tree, _members);
                foreach (var member in _members)
                {
                    member.TrySend(Libc.SIGTERM, Libc.SIGCONT); // a stopped process gets SIGTERM only when it goes on
                }
            }
        }
        else if (tree.Phase == Phase.Terminating)
        {
            tree.DueAt = Math.Min(tree.DueAt, now + gracePeriod);
        }
    }

    /// <summary>Kills what is there. Stopped first, for what runs can fork faster than it is killed; a scan that finds nobody new has them all.</summary>
    /// <returns>False when the tree withstands: some of it cannot be killed.</returns>
    public bool Kill(Tree tree)
    {
        var now = Environment.TickCount64;
        if (tree.Phase != Phase.Killing)
        {
            tree.Phase = Phase.Killing;
            tree.KillingSince = now;
        }

        _stopped.Clear();
        var isNew = true;
        for (var pass = 0; isNew && pass < MostPasses; pass++)
        {
            isNew = false;
            family.Adopt();
            family.Walk(tree, _members);
            foreach (var member in _members)
            {
                if (_stopped.Add(member.ProcessId))
                {
                    isNew |= member.TrySend(Libc.SIGSTOP);
                }
            }
        }

        foreach (var member in _members)
        {
            tree.Killed += member.TrySend(Libc.SIGKILL) ? 1 : 0;
        }

        var withstands = now - tree.KillingSince > GiveUpAfter;
        tree.DueAt = now + (withstands ? RetryEvery : RoundEvery);
        return !withstands;
    }

    /// <summary>How many processes of the tree are there now.</summary>
    public int Count(Tree tree)
    {
        family.Adopt();
        family.Walk(tree, _members);
        return _members.Count;
    }
}
