namespace Hardening.Analyzers.Facts;

/// <summary>Where the ProcessStartInfo comes from, and through which hands it goes.</summary>
internal sealed partial class StartSettings
{
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
}
