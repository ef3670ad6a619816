namespace Hardening.Analyzers.Facts;

/// <summary>What the value is put into: locals, members of the type, elements of a tuple.</summary>
internal sealed partial class ValueFollower
{
    // Where the variable gets a value, and gives none.
    public static bool IsTarget(IOperation reference)
    {
        while (reference.Parent is ITupleOperation or IDeclarationExpressionOperation)
        {
            reference = reference.Parent;
        }

        return reference.Parent switch
        {
            IAssignmentOperation assignment => assignment.Target == reference,
            IForEachLoopOperation loop => loop.LoopControlVariable == reference,
            IArgumentOperation argument => argument.Parameter?.RefKind == RefKind.Out,
            _ => false,
        };
    }

    private void Store(ISymbol member)
    {
        if (!StoredIn.Contains(member.OriginalDefinition, SymbolEqualityComparer.Default))
        {
            StoredIn.Add(member.OriginalDefinition);
        }
    }

    private void Declare(IVariableDeclaratorOperation declarator)
    {
        if (declarator.Parent is IVariableDeclarationOperation { Parent: IVariableDeclarationGroupOperation { Parent: IUsingDeclarationOperation or IUsingOperation } })
        {
            Ends.Add(declarator);
        }

        Hold(declarator.Symbol);
    }

    private void Assign(IAssignmentOperation assignment)
    {
        if (assignment is IDeconstructionAssignmentOperation { Target: var target })
        {
            Deconstruct(target);
            return;
        }

        Give(assignment.Target);
        if (assignment.Parent is not IExpressionStatementOperation)
        {
            Value(assignment);
        }
    }

    /// <summary>What the value is assigned to.</summary>
    public void Give(IOperation target)
    {
        switch (target)
        {
            case IDiscardOperation:
                break;
            case ILocalReferenceOperation { Local.RefKind: RefKind.None } local:
                Hold(local.Local);
                break;
            case IDeclarationExpressionOperation { Expression: var declared }:
                Give(declared);
                break;
            case IParameterReferenceOperation { Parameter: { RefKind: RefKind.Out } parameter }:
                IsReturned = true;
                Hold(parameter);
                break;
            case IFieldReferenceOperation { Field: var field, Instance: null or IInstanceReferenceOperation }:
                Store(field);
                break;
            case IPropertyReferenceOperation { Property: { IsIndexer: false } property, Instance: null or IInstanceReferenceOperation } when IsOfThis(target):
                Store(property);
                break;
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } collection }:
                Collect(collection);
                break;
            case IArrayElementReferenceOperation { ArrayReference: var array }:
                Collect(array);
                break;
            default:
                HasEscaped = true;
                break;
        }
    }

    // Not the property of an object that is being made: new Owner { Child = process }.
    private static bool IsOfThis(IOperation member) =>
        member is IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } };

    private void Element(IOperation value, ITupleOperation tuple)
    {
        IOperation whole = tuple;
        while (whole.Parent is IConversionOperation { OperatorMethod: null })
        {
            whole = whole.Parent;
        }

        if (whole.Parent is IDeconstructionAssignmentOperation { Target: var target } && Parts(target) is { } parts && parts.Elements.Length == tuple.Elements.Length)
        {
            Give(parts.Elements[tuple.Elements.IndexOf(value)]);
        }
        else
        {
            Value(tuple);
        }
    }

    private void Deconstruct(IOperation target)
    {
        if (Parts(target) is not { } parts)
        {
            HasEscaped = true;
            return;
        }

        foreach (var part in parts.Elements)
        {
            if (part is ITupleOperation inner)
            {
                Deconstruct(inner);
            }
            else if (part.Type is { } type && Carries(type))
            {
                Give(part);
            }
        }
    }

    private static ITupleOperation? Parts(IOperation target) => target switch
    {
        ITupleOperation tuple => tuple,
        IDeclarationExpressionOperation { Expression: ITupleOperation tuple } => tuple,
        _ => null,
    };

    private void Walk(IForEachLoopOperation loop)
    {
        if (loop.LoopControlVariable is IVariableDeclaratorOperation each)
        {
            Hold(each.Symbol);
        }
        else
        {
            Deconstruct(loop.LoopControlVariable);
        }
    }
}
