namespace Hardening.Analyzers.Facts;

/// <summary>The output pipes of one child that are redirected, how they are read, and where code waits for the child to exit.</summary>
internal sealed class ChildPipes
{
    private readonly IOperation _started;
    private readonly PipeReads _reads;
    private readonly Dictionary<IOperation, IOperation> _places = [];
    private readonly List<IOperation> _kills = [];

    private ChildPipes(IOperation started, Holding process, ISymbol? member, ProcessTypes types)
    {
        _started = started;
        _reads = new PipeReads(started, types.Ownership.Graph!);
        Process = process;
        Member = member;
    }

    public Holding Process { get; }

    /// <summary>The field or property that holds the child; null where the method keeps it to itself.</summary>
    public ISymbol? Member { get; }

    public IReadOnlyList<ChildPipe> Redirected { get; private set; } = [];

    /// <summary>Where code stands still until the child has exited.</summary>
    public List<IOperation> Waits { get; } = [];

    /// <summary>Every place where the Process itself is used, in all methods.</summary>
    public List<IOperation> Uses { get; } = [];

    /// <summary>Null when nothing is redirected, or when other code may read the pipes or change what is redirected.</summary>
    public static ChildPipes? Of(IOperation started, ProcessTypes types)
    {
        var process = types.Ownership.Follow(started);
        var member = process.IsOnlyStored && process.StoredIn.Count == 1 ? process.StoredIn[0] : null;
        if (process.HasEscaped && member is null)
        {
            return null;
        }

        var all = process.AllUses.ToList();
        if (member is not null)
        {
            var shared = types.Ownership.FollowMember(member);
            if (shared.HasEscaped || !PipeReads.IsFirstIn(member, started, types))
            {
                return null;
            }

            all.AddRange(shared.AllUses);
        }

        var settings = StartSettings.Of(started, process, types);
        settings.ReadProcess(all);
        ChildPipe[] both =
        [
            new("standard output", "StandardOutput", settings.TurnedOn("RedirectStandardOutput"), settings.IsWritten("StandardOutputEncoding")),
            new("standard error", "StandardError", settings.TurnedOn("RedirectStandardError"), settings.IsWritten("StandardErrorEncoding")),
        ];
        var pipes = new ChildPipes(started, process, member, types) { Redirected = [.. both.Where(pipe => pipe.Redirects.Count > 0)] };
        if (!settings.IsComplete || pipes.Redirected.Count == 0)
        {
            return null;
        }

        // A kill is looked up by the waits that follow it.
        foreach (var use in all)
        {
            pipes.AddKill(use);
        }

        foreach (var use in all)
        {
            pipes.ReadUse(use, both);
        }

        return pipes;
    }

    /// <summary>Where to show what happens there: in a helper that gets the Process, at the call.</summary>
    public IOperation PlaceOf(IOperation operation) => _places.TryGetValue(operation, out var place) ? place : operation;

    /// <summary>Whether the first has happened when the second does; in doubt it has.</summary>
    public bool IsBefore(ChildRead read, IOperation operation) =>
        PipeReads.AreTogether(read.Begin, operation) ? IsBefore(read.Begin, operation)
        : read.Outer is not { } outer || !PipeReads.AreTogether(outer, operation) || IsBefore(outer, operation);

    /// <summary>Whether the child is killed between the two places.</summary>
    public bool IsKilledBetween(IOperation from, IOperation to) =>
        _kills.Exists(kill => PipeReads.AreTogether(kill, to) && kill.Syntax.SpanStart > from.Syntax.SpanStart && kill.Syntax.SpanStart < to.Syntax.SpanStart);

    private bool IsBefore(IOperation first, IOperation second) =>
        first.Syntax.SpanStart < second.Syntax.SpanStart && !StatementOrder.AreAlternatives(first, second) || _reads.ShareLoop(first, second);

    private void AddKill(HeldUse held)
    {
        if (held.Call is { TargetMethod.Name: var name } kill && name.StartsWith("Kill", StringComparison.Ordinal))
        {
            _kills.Add(held.Use == held.Here ? kill : held.Here);
        }
    }

    private void ReadUse(HeldUse held, ChildPipe[] both)
    {
        var use = held.Use;
        if (!Uses.Exists(other => other.Syntax == use.Syntax))
        {
            Uses.Add(use);
        }

        switch (use.Parent is IArgumentOperation { Parent: IInvocationOperation extension } ? extension : use.Parent)
        {
            case IInvocationOperation { TargetMethod.Name: "BeginOutputReadLine" } begin:
                both[0].Add(PipeReads.Of(begin, [], held));
                break;
            case IInvocationOperation { TargetMethod.Name: "BeginErrorReadLine" } begin:
                both[1].Add(PipeReads.Of(begin, [], held));
                break;
            case IInvocationOperation { TargetMethod.Name: "WaitForExit" } wait when !wait.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 }):
                AddWaits(wait, [wait], held);
                break;
            case IInvocationOperation { TargetMethod.Name: "WaitForExitAsync" } wait:
                AddWaits(wait, PipeReads.EndsOf(wait), held);
                break;
            case IPropertyReferenceOperation { Property.Name: "HasExited" } poll when _reads.IsAskedByLoop(poll):
                AddWaits(poll, [poll], held);
                break;
            case IPropertyReferenceOperation { Property.Name: var name } stream when Array.Find(both, pipe => pipe.Property == name) is { } pipe:
                foreach (var read in _reads.OfStream(stream, held))
                {
                    pipe.Add(read);
                    AddPlaces(read.Ends, held);
                }

                break;
        }
    }

    // A killed child no longer writes, so nothing fills up.
    private void AddWaits(IOperation wait, IEnumerable<IOperation> ends, HeldUse held)
    {
        if (!IsInOrder(wait, held) || _kills.Exists(kill => kill.Syntax.SpanStart < wait.Syntax.SpanStart && Block(kill) == Block(wait)))
        {
            return;
        }

        foreach (var end in ends.Where(IsNewWait))
        {
            Waits.Add(end);
            AddPlaces([end], held);
            if (held.Use != held.Here && PipeReads.CallOf(held.Here) is { } call)
            {
                Waits.AddRange(PipeReads.EndsOfHelper(call).Where(IsNewWait));
            }
        }
    }

    private bool IsNewWait(IOperation end) => !Waits.Exists(wait => wait.Syntax == end.Syntax);

    // The wait runs where its text stands: not in a lambda, which runs at another time than the code around it.
    private bool IsInOrder(IOperation wait, HeldUse held) =>
        held.Use != held.Here ? wait.Function() is not IAnonymousFunctionOperation && held.Here.Function() is not IAnonymousFunctionOperation
        : Member is not null ? wait.Function() is not IAnonymousFunctionOperation
        : PipeReads.AreTogether(wait, _started);

    private void AddPlaces(IEnumerable<IOperation> ends, HeldUse held)
    {
        if (held.Use != held.Here && PipeReads.CallOf(held.Here) is { } call)
        {
            foreach (var end in ends)
            {
                _places[end] = call;
            }
        }
    }

    private static SyntaxNode Block(IOperation operation)
    {
        while (operation is not IBlockOperation && operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation.Syntax;
    }
}

internal sealed class ChildPipe(string name, string property, IReadOnlyList<ISimpleAssignmentOperation> redirects, bool hasEncoding)
{
    public string Name { get; } = name;

    /// <summary>The property of Process that reads it.</summary>
    public string Property { get; } = property;

    public IReadOnlyList<ISimpleAssignmentOperation> Redirects { get; } = redirects;

    /// <summary>An encoding is set, which Start refuses for a pipe that is not redirected.</summary>
    public bool HasEncoding { get; } = hasEncoding;

    public List<ChildRead> Reads { get; } = [];

    /// <summary>A child that a field holds is found from its start and from the field: each read counts once.</summary>
    public void Add(ChildRead read)
    {
        if (!Reads.Exists(other => other.Begin.Syntax == read.Begin.Syntax))
        {
            Reads.Add(read);
        }
    }
}

/// <param name="begin">From here on the pipe is being emptied.</param>
/// <param name="ends">Where code stands still until the pipe is at its end; none when it goes on.</param>
/// <param name="outer">Of a read in a helper or in the lambda of a task: the call that runs it.</param>
internal sealed class ChildRead(IOperation begin, IReadOnlyList<IOperation> ends, IOperation? outer = null)
{
    public IOperation Begin { get; } = begin;

    public IReadOnlyList<IOperation> Ends { get; } = ends;

    public IOperation? Outer { get; } = outer;

    /// <summary>This read is what the code does there.</summary>
    public bool IsAt(IOperation operation) => Begin.Syntax == operation.Syntax || Outer?.Syntax == operation.Syntax || Ends.Any(end => end.Syntax == operation.Syntax);
}
