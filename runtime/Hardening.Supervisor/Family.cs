namespace Hardening.Supervisor;

/// <summary>All descendants of the supervisor: who they are, and which tree each belongs to.</summary>
internal sealed class Family(ulong supervisor)
{
    /// <summary>The tree of what carries no brand: it is ended when the application is gone, for nothing tells whose it is.</summary>
    public const uint Stray = 0;

    private readonly Dictionary<int, uint> _adopted = [];
    private readonly List<int> _children = [];
    private readonly HashSet<int> _own = [];

    /// <summary>A child that the supervisor started itself, with or for a tree.</summary>
    public void Add(int processId) => _own.Add(processId);

    /// <summary>A child that has been reaped.</summary>
    public void Remove(int processId)
    {
        _own.Remove(processId);
        _adopted.Remove(processId);
    }

    /// <summary>Finds those that the system has given to the supervisor because their parent ended, and the tree of each by its brand.</summary>
    public void Adopt()
    {
        _children.Clear();
        ProcessLook.AddOwnChildren(_children);
        foreach (var child in _children)
        {
            if (!_own.Contains(child) && !_adopted.ContainsKey(child))
            {
                var brand = Brand.Read(child);
                _adopted.Add(child, brand.IsSet && brand.Supervisor == supervisor ? brand.Tree : Stray);
            }
        }
    }

    /// <summary>Whether any process of the tree is there, its root aside: all that is left of it hangs below one that was adopted.</summary>
    public bool HasAdopted(uint tree) => _adopted.ContainsValue(tree);

    public IEnumerable<uint> TreesOfAdopted => _adopted.Values;

    /// <summary>All processes of a tree, parents before their children, as far as one look shows: a tree that forks meanwhile has more.</summary>
    public void Walk(Tree tree, List<Member> members)
    {
        members.Clear();
        var self = Environment.ProcessId;
        if (tree.HasRoot)
        {
            members.Add(new Member(tree.RootId, self));
        }

        foreach (var (child, number) in _adopted)
        {
            if (number == tree.Number)
            {
                members.Add(new Member(child, self));
            }
        }

        for (var at = 0; at < members.Count; at++) // it grows
        {
            _children.Clear();
            ProcessLook.AddChildren(members[at].ProcessId, _children);
            foreach (var child in _children)
            {
                members.Add(new Member(child, members[at].ProcessId));
            }
        }
    }
}

/// <summary>A process, and the parent below which it was found.</summary>
internal readonly record struct Member(int ProcessId, int ParentId)
{
    public bool TrySend(int signal, int another = 0) => Signals.TrySend(ProcessId, ParentId, signal, another);
}
