namespace Hardening.Analyzers.Facts;

/// <summary>
/// What code writes into the ProcessStartInfo of one child: in initializers, through a local or a field, through the Process,
/// and in the methods of the compilation that return or fill it.
/// </summary>
internal sealed partial class StartSettings
{
    // Helpers of helpers.
    private const int MostCalls = 3;

    private readonly ProcessTypes _types;
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly List<ISimpleAssignmentOperation> _writes = [];
    private int _calls;

    private StartSettings(ProcessTypes types) => _types = types;

    /// <summary>False when other code has had the ProcessStartInfo in its hands and could have changed it.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>The program, if it is a constant.</summary>
    public string? FileName { get; private set; }

    public static StartSettings Of(IOperation started, Holding process, ProcessTypes types)
    {
        var settings = new StartSettings(types);
        settings.ReadStart(started);
        settings.ReadProcess(process.AllUses);
        return settings;
    }

    /// <summary>What is written through the Process: through its local, a field that holds it, the helpers that get it.</summary>
    public void ReadProcess(IEnumerable<HeldUse> uses)
    {
        foreach (var use in uses)
        {
            if (use.Property is { Property: var property } member && _types.IsMember(property, "StartInfo"))
            {
                ReadUse(member);
            }
        }
    }

    /// <summary>The writes that turn this setting on; none when any write turns it off or cannot be foreseen.</summary>
    public IReadOnlyList<ISimpleAssignmentOperation> TurnedOn(string property)
    {
        var writes = _writes.Where(write => ((IPropertyReferenceOperation)write.Target).Property.Name == property).ToList();
        return writes.TrueForAll(write => write.Value.ConstantValue is { HasValue: true, Value: true }) ? writes : [];
    }

    public bool IsWritten(string property) => _writes.Exists(write => ((IPropertyReferenceOperation)write.Target).Property.Name == property);

    private void ReadStart(IOperation started)
    {
        switch (started)
        {
            case IInvocationOperation made when !_types.IsStart(made):
                ReadMaker(made);
                break;
            case IInvocationOperation { Arguments: var arguments }:
                foreach (var argument in arguments)
                {
                    ReadArgument(argument);
                }

                break;
            case IObjectCreationOperation { Initializer: { } initializer }:
                ReadInitializer(initializer);
                break;
        }
    }

    // A method of this compilation that makes the Process and gives it to its caller. What it makes in two ways is not followed.
    private void ReadMaker(IInvocationOperation made)
    {
        var starts = Body(made)?.Descendants().Where(_types.IsMade).Take(2).ToList();
        if (starts is { Count: 1 })
        {
            _calls++;
            ReadStart(starts[0]);
            ReadProcess(_types.Ownership.Follow(starts[0]).AllUses);
            _calls--;
        }
        else
        {
            IsComplete = false;
        }
    }

    private IOperation? Body(IOperation call) =>
        _calls < MostCalls && _types.Ownership.Graph is { } graph && graph.TargetOf(call) is { } method ? graph.AnyBodyOf(method) : null;

    private void ReadArgument(IArgumentOperation argument)
    {
        if (SymbolEqualityComparer.Default.Equals(argument.Parameter?.Type, _types.StartInfo))
        {
            ReadInfo(argument.Value.Unwrap());
        }
        else if (argument.Parameter?.Name == "fileName")
        {
            FileName = argument.Value.ConstantValue.Value as string;
        }
    }

    private void ReadInitializer(IObjectOrCollectionInitializerOperation initializer)
    {
        foreach (var operation in initializer.Initializers)
        {
            switch (operation)
            {
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } assignment when _types.IsMember(property, "StartInfo"):
                    ReadInfo(assignment.Value.Unwrap());
                    break;
                case ISimpleAssignmentOperation assignment:
                    Write(assignment);
                    break;
                case IMemberInitializerOperation { InitializedMember: IPropertyReferenceOperation { Property: var property }, Initializer: { } nested } when _types.IsMember(property, "StartInfo"):
                    ReadInitializer(nested);
                    break;
            }
        }
    }

    private void Write(ISimpleAssignmentOperation assignment)
    {
        if (assignment.Target is not IPropertyReferenceOperation { Property: { } property } || !SymbolEqualityComparer.Default.Equals(property.ContainingType, _types.StartInfo))
        {
            return;
        }

        _writes.Add(assignment);
        if (property.Name == "FileName")
        {
            FileName = assignment.Value.ConstantValue.Value as string;
        }
    }
}
