namespace Hardening.Analyzers.Facts;

/// <summary>What a method writes into the ProcessStartInfo of one child: in initializers, through a local, or through the Process.</summary>
internal sealed class StartSettings
{
    private readonly ProcessTypes _types;
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly List<ISimpleAssignmentOperation> _writes = [];

    private StartSettings(ProcessTypes types) => _types = types;

    /// <summary>False when other code has had the ProcessStartInfo in its hands and could have changed it.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>The program, if it is a constant.</summary>
    public string? FileName { get; private set; }

    public static StartSettings Of(IOperation started, Holding process, ProcessTypes types)
    {
        var settings = new StartSettings(types);
        switch (started)
        {
            case IInvocationOperation { Arguments: var arguments }:
                foreach (var argument in arguments)
                {
                    settings.ReadArgument(argument);
                }

                break;
            case IObjectCreationOperation { Initializer: { } initializer }:
                settings.ReadInitializer(initializer);
                break;
        }

        foreach (var use in process.Uses)
        {
            if (use.Parent is IPropertyReferenceOperation { Property: var property } member && types.IsMember(property, "StartInfo"))
            {
                settings.ReadUse(member);
            }
        }

        return settings;
    }

    /// <summary>The writes that turn this setting on; none when any write turns it off or cannot be foreseen.</summary>
    public IReadOnlyList<ISimpleAssignmentOperation> TurnedOn(string property)
    {
        var writes = _writes.Where(write => ((IPropertyReferenceOperation)write.Target).Property.Name == property).ToList();
        return writes.TrueForAll(write => write.Value.ConstantValue is { HasValue: true, Value: true }) ? writes : [];
    }

    public bool IsWritten(string property) => _writes.Exists(write => ((IPropertyReferenceOperation)write.Target).Property.Name == property);

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

    private void ReadInfo(IOperation info)
    {
        switch (info)
        {
            case IObjectCreationOperation creation:
                foreach (var argument in creation.Arguments)
                {
                    ReadArgument(argument);
                }

                if (creation.Initializer is { } initializer)
                {
                    ReadInitializer(initializer);
                }

                break;
            case ILocalReferenceOperation { Local: var local } reference:
                ReadLocal(local, reference);
                break;
            case IPropertyReferenceOperation { Property: var property, Instance: { } } when _types.IsMember(property, "StartInfo"):
                // Of the same Process: its uses are read by themselves. Of another one: not followed.
                IsComplete = false;
                break;
            default:
                IsComplete = false;
                break;
        }
    }

    private void ReadLocal(ILocalSymbol local, IOperation anywhere)
    {
        if (!_seen.Add(local))
        {
            return;
        }

        var declarator = anywhere.Root().Descendants().OfType<IVariableDeclaratorOperation>()
            .FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, local));
        if (declarator is null)
        {
            IsComplete = false;
        }
        else if (declarator.GetVariableInitializer() is { } initializer)
        {
            ReadInfo(initializer.Value.Unwrap());
        }

        foreach (var reference in References.Of(local, anywhere))
        {
            ReadUse(reference);
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

    // A local that holds the info, or the StartInfo property of the Process.
    private void ReadUse(IOperation info)
    {
        switch (info.Parent)
        {
            case IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation assignment } property when assignment.Target == property:
                Write(assignment);
                break;
            case IMemberReferenceOperation or IExpressionStatementOperation:
                break;
            case IInvocationOperation call when call.Instance == info:
                break;
            case ISimpleAssignmentOperation assignment when assignment.Target == info:
                ReadInfo(assignment.Value.Unwrap());
                break;
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } when _types.IsMember(property, "StartInfo"):
                break;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var alias } }:
                ReadLocal(alias, info);
                break;
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } } when _types.IsMember(method, "Start"):
                break;
            default:
                IsComplete = false;
                break;
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
