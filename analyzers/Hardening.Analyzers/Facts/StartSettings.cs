namespace Hardening.Analyzers.Facts;

/// <summary>
/// What code writes into the ProcessStartInfo of one child: in initializers, through a local or a field, through the Process,
/// and in the methods of the compilation that return or fill it.
/// </summary>
internal sealed class StartSettings
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
            case IFieldReferenceOperation { Field: { DeclaredAccessibility: Accessibility.Private } field, Instance: null or IInstanceReferenceOperation }:
                ReadField(field);
                break;
            case IInvocationOperation or IPropertyReferenceOperation { Property.IsIndexer: false }:
                ReadReturned(info);
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

    // All that its type writes into it, whoever starts a process with it.
    private void ReadField(IFieldSymbol field)
    {
        if (!_seen.Add(field))
        {
            return;
        }

        var graph = _types.Ownership.Graph!;
        var uses = MemberUses.InAllParts(field, graph).ToList();
        var values = uses.Select(MemberUses.WrittenBy)
            .Concat(field.DeclaringSyntaxReferences.Select(part => MemberUses.Initial(field, graph.ModelOf(part.SyntaxTree))))
            .OfType<IOperation>().ToList();
        IsComplete &= values.Count == 1;
        foreach (var value in values)
        {
            ReadInfo(value.Unwrap());
        }

        foreach (var use in uses.Where(use => MemberUses.WrittenBy(use) is null))
        {
            ReadUse(use);
        }
    }

    // static ProcessStartInfo Settings(string file) => new(file) { … }; and one that returns what it was given.
    private void ReadReturned(IOperation call)
    {
        var returned = Body(call) is { } body ? Bodies.Operations(body).OfType<IReturnOperation>().Select(each => each.ReturnedValue?.Unwrap()).OfType<IOperation>().ToList() : null;
        if (returned is not { Count: 1 })
        {
            IsComplete = false;
            return;
        }

        _calls++;
        if (returned[0] is IParameterReferenceOperation { Parameter: { Ordinal: var ordinal } parameter } && (call as IInvocationOperation)?.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == ordinal) is { } given)
        {
            ReadInfo(given.Value.Unwrap());
            ReadParameter(parameter, returned[0]);
        }
        else
        {
            ReadInfo(returned[0]);
        }

        _calls--;
    }

    private void ReadParameter(IParameterSymbol parameter, IOperation body)
    {
        if (_seen.Add(parameter))
        {
            foreach (var reference in References.Of(parameter, body))
            {
                ReadUse(reference);
            }
        }
    }

    // The parameter of a method that fills it.
    private void ReadFilled(IArgumentOperation argument)
    {
        if (argument is { Parameter: { RefKind: RefKind.None, Ordinal: var ordinal }, Parent: IInvocationOperation call }
            && Body(call) is { } body
            && _types.Ownership.Graph!.TargetOf(call) is { } method)
        {
            _calls++;
            ReadParameter(method.Parameters[ordinal], body);
            _calls--;
        }
        else
        {
            IsComplete = false;
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
            case IReturnOperation:
            case IConversionOperation { Parent: IReturnOperation }:
                break;
            case IArgumentOperation argument:
                ReadFilled(argument);
                break;
            case IConditionalAccessOperation or IBinaryOperation or IIsPatternOperation:
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
