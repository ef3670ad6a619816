using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>The value in calls: of its own members, as an argument, as an element of a collection.</summary>
internal sealed partial class ValueFollower
{
    private void Call(IOperation value, IInvocationOperation call)
    {
        Use(value);
        if (!IsSequence(value))
        {
            EndBy(call.TargetMethod, value);
            return;
        }

        Delegates(call);
        TakeOut(call);
        if (Carries(call.Type))
        {
            Value(call);
        }
    }

    // TryRemove(key, out var element)
    private void TakeOut(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter?.RefKind == RefKind.Out && Carries(argument.Value.Type))
            {
                Give(argument.Value);
            }
        }
    }

    private void Member(IOperation value, IOperation result)
    {
        Use(value);
        if (IsSequence(value) && Carries(result.Type) && (result.Parent is not IAssignmentOperation { Target: var target } || target != result))
        {
            Value(result);
        }
    }

    // The sender of an event is the object itself; a handler that we cannot read may end it. Handlers that get data of their own only take the data.
    private void Subscribe(IEventReferenceOperation source, IEventAssignmentOperation subscription)
    {
        if (subscription.HandlerValue.Unwrap() is IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda })
        {
            if (lambda.Symbol.Parameters.FirstOrDefault() is { } sender)
            {
                foreach (var reference in References.Of(sender, _body!))
                {
                    Value(reference);
                }
            }
        }
        else if (source.Event.Type is { Name: "EventHandler" } and INamedTypeSymbol { IsGenericType: false })
        {
            if (subscription.HandlerValue.Unwrap() is IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: { IsVirtual: false, IsAbstract: false } handler } }
                && Enter(source.Instance!, handler.OriginalDefinition, ordinal: 0) is { } entered)
            {
                entered.AddAsSender(this);
            }
            else
            {
                HasEscaped = true;
            }
        }
    }

    private void Pass(IOperation value, IArgumentOperation argument)
    {
        var method = Callee(argument);
        if (IsExchange(method, argument))
        {
            Use(value);
            Value(argument.Parent!);
        }
        else if (argument.Parameter is null or { RefKind: RefKind.Ref or RefKind.Out })
        {
            HasEscaped = true;
        }
        else if (argument.Parent is IInvocationOperation { TargetMethod.ContainingType: { Name: "Enumerable", ContainingNamespace.Name: "Linq" } } query && IsSequence(value))
        {
            Use(value);
            Delegates(query);
            if (Carries(query.Type) && !_ownership.Owns(query.Type!))
            {
                Value(query);
            }
        }
        else if (method is not null && (_ownership.Borrows(method) || IsLookedAt(method)))
        {
            Use(value);
            Enter(value, argument)?.AddUsesTo(this);
        }
        else if (IsOfCollection(argument, out var collection))
        {
            Use(value);
            Collect(collection);
        }
        else if (method is { IsStatic: true, Name: "FromResult", ContainingType.Name: "Task" or "ValueTask" } && argument.Parent is IInvocationOperation { } wrapped)
        {
            Value(wrapped);
        }
        else if (Enter(value, argument) is { } helper)
        {
            Use(value);
            helper.AddTo(this);
            if (helper.There.IsReturned)
            {
                Value(argument.Parent!);
            }
        }
        else
        {
            HasEscaped = true;
        }
    }

    private bool IsOfCollection(IArgumentOperation argument, out IOperation collection)
    {
        collection = argument;
        if (argument.Parent is not IInvocationOperation { Instance: { } instance, TargetMethod: { Name: "Add" or "Enqueue" or "Push" or "TryAdd" or "AddLast" or "AddFirst" or "Insert" or "AddOrUpdate" } method }
            || method.ContainingType.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) != true
            || !Carries(method.ContainingType))
        {
            return false;
        }

        collection = instance;
        return true;
    }

    // Into a collection that a local or a member of the type holds: whoever takes it out has the value.
    private void Collect(IOperation collection)
    {
        switch (collection.Unwrap())
        {
            case IFieldReferenceOperation { Field: var field } member when IsOfThis(member):
                Store(field);
                break;
            case IPropertyReferenceOperation { Property: { IsIndexer: false } property } member when IsOfThis(member):
                Store(property);
                break;
            case ILocalReferenceOperation { Local: var local } reference when IsMadeHere(Initializers.Of(local, reference)):
                Hold(local);
                break;
            // new List<T> { value }
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } receiver when CreationAround(receiver) is { } creation:
                if (_followed.Add(creation))
                {
                    Value(creation);
                }

                break;
            default:
                HasEscaped = true;
                break;
        }
    }

    private static bool IsMadeHere(IOperation? value) => value?.Unwrap() is IObjectCreationOperation or IArrayCreationOperation or { Syntax: CollectionExpressionSyntax };

    private static IOperation? CreationAround(IOperation receiver)
    {
        var outer = receiver.Parent;
        while (outer is not null and not IObjectOrCollectionInitializerOperation)
        {
            outer = outer.Parent;
        }

        return outer?.Parent as IObjectCreationOperation;
    }

    // A query hands its elements to its lambdas; any other delegate is code that we cannot see.
    private void Delegates(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Value.Unwrap() is IDelegateCreationOperation delegated)
            {
                if (delegated.Target is not IAnonymousFunctionOperation lambda)
                {
                    HasEscaped = true;
                    continue;
                }

                foreach (var reference in lambda.Symbol.Parameters.Where(p => Carries(p.Type)).SelectMany(p => References.Of(p, _body!)))
                {
                    Value(reference);
                }
            }
        }
    }

    private bool Carries(ITypeSymbol? type) => type switch
    {
        null => false,
        IArrayTypeSymbol array => Carries(array.ElementType),
        // dictionary.Values
        INamedTypeSymbol { Name: "ValueCollection", ContainingType: { } dictionary } => Carries(dictionary),
        INamedTypeSymbol named => _ownership.Owns(named) || named.TypeArguments.Any(Carries),
        _ => false,
    };

    private static IMethodSymbol? Callee(IArgumentOperation argument) => argument.Parent switch
    {
        IInvocationOperation call => call.TargetMethod,
        IObjectCreationOperation creation => creation.Constructor,
        IPropertyReferenceOperation indexer => indexer.Property.GetMethod ?? indexer.Property.SetMethod,
        _ => null,
    };

    // Interlocked.Exchange(ref _field, null) gives what the field held.
    private static bool IsExchange(IMethodSymbol? method, IArgumentOperation argument) =>
        method is { IsStatic: true, Name: "Exchange" or "CompareExchange", ContainingType: { Name: "Interlocked", ContainingNamespace.Name: "Threading" } } && argument.Parameter?.RefKind == RefKind.Ref;

    // ArgumentNullException.ThrowIfNull, GC.KeepAlive, object.ReferenceEquals.
    private static bool IsLookedAt(IMethodSymbol method) =>
        method is { IsStatic: true, Name: "ThrowIfNull" or "KeepAlive" or "ReferenceEquals", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private void EndBy(IMethodSymbol method, IOperation value)
    {
        if (method is { Parameters.Length: 0, Name: "Dispose" or "DisposeAsync" or "Close" or "Release" })
        {
            Ends.Add(value);
        }
    }
}
