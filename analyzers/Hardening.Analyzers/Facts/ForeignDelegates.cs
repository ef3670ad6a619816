using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>
/// Whether the code behind a delegate may be anyone's: an event, a callback that was handed in or can be set from outside.
/// Not what its own type wrote, and not what nobody can tell.
/// </summary>
internal static class ForeignDelegates
{
    // A callback is handed on once or twice, not more.
    private const int MostSteps = 8;

    public static bool IsForeign(IOperation? value) => IsForeign(value, MostSteps);

    /// <summary>What <c>.Invoke</c> is called on in <c>Changed?.Invoke()</c>.</summary>
    public static IOperation Accessed(IOperation value)
    {
        if (value is IConditionalAccessInstanceOperation)
        {
            for (var (node, parent) = (value, value.Parent); parent is not null; (node, parent) = (parent, parent.Parent))
            {
                if (parent is IConditionalAccessOperation access && access.WhenNotNull == node)
                {
                    return access.Operation;
                }
            }
        }

        return value;
    }

    private static bool IsForeign(IOperation? value, int steps)
    {
        if (value is null || steps-- == 0)
        {
            return false;
        }

        value = Accessed(value.Unwrap());
        return value switch
        {
            IEventReferenceOperation { Event: var raised } => raised.DeclaredAccessibility != Accessibility.Private || IsWrittenFromOutside(raised, value, steps),
            IParameterReferenceOperation { Parameter: var parameter } => IsGivenFromOutside(parameter, value, steps),
            ILocalReferenceOperation { Local: var local } => LocalSources.Of(local, value).Any(source => IsForeign(source, steps)),
            IFieldReferenceOperation { Field: var field } =>
                !field.IsReadOnly && CanBeSetFromOutside(field, field.DeclaredAccessibility) || IsWrittenFromOutside(field, value, steps),
            IPropertyReferenceOperation { Property: { IsIndexer: true }, Instance: var collection } => IsForeign(collection, steps),
            IPropertyReferenceOperation { Property: var property } =>
                property.SetMethod is { } setter && CanBeSetFromOutside(property, setter.DeclaredAccessibility)
                || property.Name is "Value" or "Values" or "Item1" or "Item2" && IsForeign(((IPropertyReferenceOperation)value).Instance, steps)
                || IsWrittenFromOutside(property, value, steps),
            IArrayElementReferenceOperation { ArrayReference: var array } => IsForeign(array, steps),
            IConditionalAccessOperation { WhenNotNull: var result } => IsForeign(result, steps),
            ICoalesceOperation either => IsForeign(either.Value, steps) || IsForeign(either.WhenNull, steps),
            IConditionalOperation either => IsForeign(either.WhenTrue, steps) || IsForeign(either.WhenFalse, steps),
            IBinaryOperation both => IsForeign(both.LeftOperand, steps) || IsForeign(both.RightOperand, steps),
            ICoalesceAssignmentOperation lazy => IsForeign(lazy.Value, steps) || IsForeign(lazy.Target, steps),
            ITupleOperation tuple => tuple.Elements.Any(element => IsForeign(element, steps)),
            IObjectCreationOperation { Arguments: var arguments } => arguments.Any(argument => IsDelegate(argument.Value.Type) && IsForeign(argument.Value, steps)),
            IInvocationOperation call => IsForeign(PassedThrough(call), steps),
            _ => false,
        };
    }

    private static bool IsDelegate(ITypeSymbol? type) => type?.TypeKind == TypeKind.Delegate;

    // What the call gives back, or puts into an out argument, when that is one of what it is called on.
    private static IOperation? PassedThrough(IInvocationOperation call) => call.TargetMethod switch
    {
        { Name: "GetInvocationList" } => call.Instance,
        { ContainingType.Name: "Volatile" or "Interlocked" or "Enumerable" } when call.Arguments.Length > 0 => call.Arguments[0].Value,
        { ContainingType: { ContainingNamespace: { } space } } when space.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) =>
            call.Instance ?? call.Arguments.FirstOrDefault()?.Value,
        _ => null,
    };

    private static bool IsOpen(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.ContainingType)
        {
            if (type.DeclaredAccessibility == Accessibility.Private || type.IsFileLocal)
            {
                return false;
            }
        }

        return true;
    }

    private static bool CanBeSetFromOutside(ISymbol member, Accessibility accessibility) =>
        accessibility is not (Accessibility.Private or Accessibility.NotApplicable) && IsOpen(member.ContainingType);

    private static bool IsGivenFromOutside(IParameterSymbol parameter, IOperation use, int steps)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol method)
        {
            return parameter.ContainingSymbol is IPropertySymbol { DeclaredAccessibility: not Accessibility.Private };
        }

        return method.MethodKind switch
        {
            MethodKind.AnonymousFunction => IsGivenForElement(parameter, use, steps),
            MethodKind.ExplicitInterfaceImplementation => true,
            MethodKind.LocalFunction => IsGivenHere(parameter, method, use, steps),
            _ when method.DeclaredAccessibility != Accessibility.Private && IsOpen(method.ContainingType) => true,
            _ => IsGivenHere(parameter, method, use, steps),
        };
    }

    // handlers.ForEach(handler => handler())
    private static bool IsGivenForElement(IParameterSymbol parameter, IOperation use, int steps)
    {
        var function = use.Function();
        while (function is not IAnonymousFunctionOperation { Symbol: var symbol } || !SymbolEqualityComparer.Default.Equals(symbol, parameter.ContainingSymbol))
        {
            if (function.Parent is null)
            {
                return false;
            }

            function = function.Function();
        }

        return RunAtOnce.By(function) is { } call && IsForeign(RunAtOnce.ItemsOf(call), steps);
    }

    // To a private method: by the calls in this document.
    private static bool IsGivenHere(IParameterSymbol parameter, IMethodSymbol method, IOperation use, int steps)
    {
        if (use.SemanticModel is not { } model || method.DeclaringSyntaxReferences.All(reference => reference.SyntaxTree != model.SyntaxTree))
        {
            return false;
        }

        foreach (var node in model.SyntaxTree.GetRoot().DescendantNodes())
        {
            if (node is BaseObjectCreationExpressionSyntax && method.MethodKind == MethodKind.Constructor
                || node is InvocationExpressionSyntax { Expression: var called } && NameOf(called) == method.Name)
            {
                var (target, arguments) = model.GetOperation(node) switch
                {
                    IInvocationOperation call => (call.TargetMethod, call.Arguments),
                    IObjectCreationOperation { Constructor: { } constructor } creation => (constructor, creation.Arguments),
                    _ => (null, ImmutableArray<IArgumentOperation>.Empty),
                };
                if (SymbolEqualityComparer.Default.Equals(target?.OriginalDefinition, method.OriginalDefinition)
                    && arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal) is { } given
                    && IsForeign(given.Value, steps))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string? NameOf(ExpressionSyntax called) => called switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Name: var name } => name.Identifier.ValueText,
        MemberBindingExpressionSyntax { Name: var name } => name.Identifier.ValueText,
        _ => null,
    };

    // The member itself, or an element of it: handlers are added to a list.
    private static bool IsWrittenFromOutside(ISymbol member, IOperation use, int steps)
    {
        if (use.SemanticModel is not { } model || member.DeclaringSyntaxReferences.All(reference => reference.SyntaxTree != model.SyntaxTree))
        {
            return false;
        }

        return IsForeign(MemberUses.Initial(member, model), steps)
            || PositionalParameter(member) is { } positional && IsGivenFromOutside(positional, use, steps)
            || MemberUses.Of(member, model).Any(other => Given(other).Any(value => IsForeign(value, steps)));
    }

    // record Subscription(Action Callback)
    private static IParameterSymbol? PositionalParameter(ISymbol member) =>
        member is IPropertySymbol && member.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is ParameterSyntax)
            ? member.ContainingType.InstanceConstructors.SelectMany(constructor => constructor.Parameters)
                .FirstOrDefault(parameter => parameter.Name == member.Name && parameter.Locations.Intersect(member.Locations).Any())
            : null;

    private static IEnumerable<IOperation> Given(IOperation member)
    {
        if (MemberUses.WrittenBy(member) is { } written)
        {
            return [written];
        }

        return member.Parent switch
        {
            IInvocationOperation { TargetMethod.Name: "Add" or "TryAdd" or "Enqueue" or "Push" or "Insert" or "AddFirst" or "AddLast" or "AddOrUpdate" or "GetOrAdd" } add
                when add.Instance == member => Given(add.Arguments.Select(argument => argument.Value)),
            IPropertyReferenceOperation { Property.IsIndexer: true, Parent: ISimpleAssignmentOperation { Value: var value } assignment } element
                when assignment.Target == element => Given([value]),
            _ => [],
        };
    }

    // A holder of a callback counts as the callback: (topic, handler), new Subscription(handler).
    private static IEnumerable<IOperation> Given(IEnumerable<IOperation> values) =>
        values.Where(value => IsDelegate(value.Type) || value.Unwrap() is ITupleOperation or IObjectCreationOperation);
}
