using Hardening.Interop;
using Hardening.Processes.Supervision;

namespace Hardening.Supervisor;

/// <summary>The watch: starts what the application asks for, reaps what ends, ends what is to end, and goes when the application is gone and nothing is left.</summary>
internal sealed class Supervision
{
    private readonly Control _control;
    private readonly int _application;
    private readonly Guard? _guard;
    private readonly Func<uint, Brand> _brandOf;
    private readonly Dictionary<uint, Tree> _trees = [];
    private readonly Dictionary<int, Tree> _roots = [];
    private readonly List<Tree> _due = [];
    private readonly Family _family;
    private readonly Ending _ending;
    private readonly int _ended = Libc.CreateEvent(blocking: false);
    private readonly int _reaped = Libc.CreateEvent(blocking: true);
    private Sweep? _sweep;
    private bool _isApplicationGone;

    /// <param name="control">The line to the application.</param>
    /// <param name="application">The application's pidfd: the line could be kept open by one that it forked.</param>
    /// <param name="brandOf">The brand for a tree.</param>
    /// <param name="guard">Null where the kernel does its work, or there is no shell.</param>
    /// <param name="sweep">The search for what dead instances of the application left; null where there can be nothing.</param>
    public Supervision(Control control, int application, Func<uint, Brand> brandOf, Guard? guard, Sweep? sweep)
    {
        (_control, _application, _brandOf, _guard, _sweep) = (control, application, brandOf, guard, sweep);
        _family = new Family(brandOf(Family.Stray).Supervisor);
        _ending = new Ending(_family);
        if (guard is not null)
        {
            _family.Add(guard.ProcessId);
        }

        new Thread(TellOfEnds, maxStackSize: 128 * 1024) { IsBackground = true }.Start();
    }

    public void Run()
    {
        Span<PollEntry> entries = stackalloc PollEntry[3];
        while (!_isApplicationGone || _trees.Count > 0 || _sweep is not null)
        {
            entries[0] = new PollEntry(_isApplicationGone ? -1 : _control.Socket, (short)(PollEntry.In | (_control.HasWaiting ? PollEntry.Out : 0)));
            entries[1] = new PollEntry(_isApplicationGone ? -1 : _application);
            entries[2] = new PollEntry(_ended);
            _ = Libc.Poll(entries, Timeout());
            if (entries[0].Happened != 0)
            {
                _control.Flush();
                Receive();
            }

            if (entries[2].Happened != 0)
            {
                Libc.Take(_ended);
                Reap();
            }

            if (!_isApplicationGone && (entries[1].Happened != 0 || _control.IsClosed))
            {
                EndAll();
            }

            Attend();
        }
    }

    // A thread of its own, since no descriptor tells of the end of just any child. It waits until the main thread has reaped: one that has ended would be told of for ever.
    private void TellOfEnds()
    {
        while (true)
        {
            if (Libc.WaitForEndOfAny())
            {
                Libc.Set(_ended);
            }

            Libc.Take(_reaped);
        }
    }

    private int Timeout()
    {
        var due = _sweep?.DueAt ?? long.MaxValue;
        foreach (var tree in _trees.Values)
        {
            due = Math.Min(due, tree.DueAt);
        }

        return due == long.MaxValue ? -1 : (int)Math.Clamp(due - Environment.TickCount64, 0, int.MaxValue);
    }

    private void Receive()
    {
        Span<int> descriptors = stackalloc int[Libc.MaxDescriptors];
        while (_control.TryReceive(out var message, descriptors, out var count))
        {
            switch (message.Kind)
            {
                case MessageKind.Start:
                    Start(message, descriptors[..count]);
                    break;
                case MessageKind.Stop when _trees.TryGetValue(message.Tree, out var tree):
                    _family.Adopt();
                    _ending.Begin(tree, message.Value);
                    break;
                case MessageKind.SignalRoot when _trees.TryGetValue(message.Tree, out var tree) && tree.HasRoot:
                    Signals.TrySend(tree.RootId, Environment.ProcessId, message.Value);
                    break;
            }

            foreach (var descriptor in descriptors[..count])
            {
                _ = Libc.close(descriptor);
            }
        }
    }

    private void Start(in SupervisorMessage request, ReadOnlySpan<int> descriptors)
    {
        int processId = 0, pidfd = -1;
        var error = Libc.EMFILE; // where the descriptors found no room
        if (descriptors.Length == request.Descriptors)
        {
            _brandOf(request.Tree).TryPutOn();
            error = Spawner.Start(request.Memory, descriptors, out processId, out var text);
            if (error == 0)
            {
                pidfd = Libc.OpenPidFd(processId);
                error = pidfd < 0 ? Libc.EMFILE : Limits.Set(processId, text);
            }
        }

        var tree = new Tree(request.Tree, processId, request.Value, ((StartDetails)request.Detail).HasFlag(StartDetails.KeepsDescendants));
        if (processId != 0)
        {
            _family.Add(processId);
            _roots.Add(processId, tree);
            _trees.Add(tree.Number, tree);
            _guard?.Tell(tree.GracePeriod);
            Libc.Set(_reaped);
        }

        if (error == 0)
        {
            _control.Send(new SupervisorMessage { Kind = MessageKind.Started, Tree = tree.Number, Value = processId }, pidfd);
            return;
        }

        tree.IsReported = true;
        _control.Send(new SupervisorMessage { Kind = MessageKind.NotStarted, Tree = tree.Number, Value = error });
        if (processId != 0)
        {
            _ending.Begin(tree, gracePeriod: 0);
            _ = Libc.close(pidfd); // where it could not be had, that fails and nothing is lost
        }
    }

    private void Reap()
    {
        while (Libc.Reap(out var status, out var usage) is var processId and > 0)
        {
            _family.Remove(processId);
            if (_roots.Remove(processId, out var tree))
            {
                tree.HasRoot = false;
                if (!tree.IsReported)
                {
                    _control.Send(Exited(tree.Number, status, usage));
                }
            }
            else if (_guard?.ProcessId == processId && _guard.TryRestart())
            {
                _family.Add(_guard.ProcessId);
            }
        }

        Libc.Set(_reaped);
    }

    private static SupervisorMessage Exited(uint tree, int status, in ResourceUsage usage) => new()
    {
        Kind = MessageKind.Exited,
        Tree = tree,
        Value = (status >> 8) & 0xff, // wait(2): WEXITSTATUS, WTERMSIG
        Detail = status & 0x7f,
        UserTime = (usage.UserSeconds * 1_000_000) + usage.UserMicroseconds,
        SystemTime = (usage.SystemSeconds * 1_000_000) + usage.SystemMicroseconds,
        Memory = usage.PeakKilobytes * 1024,
    };

    private void EndAll()
    {
        _isApplicationGone = true;
        _family.Adopt();
        foreach (var number in _family.TreesOfAdopted)
        {
            if (!_trees.ContainsKey(number))
            {
                _trees.Add(number, new Tree(number, rootId: 0, gracePeriod: 0, keepsDescendants: false) { IsReported = true });
            }
        }

        foreach (var tree in _trees.Values)
        {
            _ending.Begin(tree, tree.GracePeriod);
        }
    }

    // Everything that can change between two looks: who was reaped, who was adopted, which time is over.
    private void Attend()
    {
        _due.Clear();
        foreach (var tree in _trees.Values)
        {
            if (!tree.HasRoot || tree.Phase != Phase.Running)
            {
                _due.Add(tree);
            }
        }

        if (_due.Count > 0)
        {
            _family.Adopt();
        }

        var now = Environment.TickCount64;
        foreach (var tree in _due)
        {
            if (!tree.HasRoot && !_family.HasAdopted(tree.Number))
            {
                Report(tree, left: 0);
                _trees.Remove(tree.Number);
            }
            else if (tree.Phase == Phase.Running && !tree.KeepsDescendants)
            {
                _ending.Begin(tree, tree.GracePeriod);
            }
            else if (now >= tree.DueAt && !_ending.Kill(tree))
            {
                Report(tree, _ending.Count(tree));
            }
        }

        if (_sweep is not null && now >= _sweep.DueAt && _sweep.Step())
        {
            _control.Send(new SupervisorMessage { Kind = MessageKind.Swept, Value = _sweep.Found, Detail = _sweep.Left });
            _sweep = null;
        }
    }

    private void Report(Tree tree, int left)
    {
        if (!tree.IsReported)
        {
            tree.IsReported = true;
            _control.Send(new SupervisorMessage { Kind = MessageKind.Ended, Tree = tree.Number, Value = tree.Killed, Detail = left });
        }
    }
}
