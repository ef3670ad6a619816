using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>The variables, members and collections that hold a <c>TaskCompletionSource</c>.</summary>
internal static class CompletionHolders
{
    /// <summary>Where a new one is put, and where the local that it is put in is put further.</summary>
    public static HashSet<ISymbol> Of(IObjectCreationOperation creation)
    {
        var holders = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        Put(creation, holders);
        foreach (var local in holders.OfType<ILocalSymbol>().ToList())
        {
            foreach (var use in References.Of(local, creation))
            {
                Put(use, holders);
            }
        }

        return holders;
    }

    /// <summary>What an expression names: the local, and what that was taken from; the member; the collection.</summary>
    public static IEnumerable<ISymbol> Named(IOperation expression) => Named(expression, follow: true);

    private static IEnumerable<ISymbol> Named(IOperation expression, bool follow)
    {
        foreach (var part in expression.DescendantsAndSelf())
        {
            switch (part)
            {
                case ILocalReferenceOperation { Local: var local }:
                    yield return local;
                    foreach (var source in follow ? SourcesOf(local, part).SelectMany(source => Named(source, follow: false)) : [])
                    {
                        yield return source;
                    }

                    break;
                case IParameterReferenceOperation { Parameter: var parameter }:
                    // token.Register(state => ((TaskCompletionSource)state).SetCanceled(), source)
                    foreach (var source in follow ? GivenTo(parameter, part).SelectMany(source => Named(source, follow: false)) : [])
                    {
                        yield return source;
                    }

                    break;
                case IFieldReferenceOperation { Field: var field }:
                    yield return field;
                    break;
                case IPropertyReferenceOperation { Property: { IsIndexer: false } property }:
                    yield return property;
                    break;
                // state.Item.Task?.SetResult: what stands before the question mark.
                case IConditionalAccessInstanceOperation:
                    foreach (var source in follow && AccessedBy(part) is { } accessed ? Named(accessed, follow: false) : [])
                    {
                        yield return source;
                    }

                    break;
            }
        }
    }

    private static void Put(IOperation value, HashSet<ISymbol> holders)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation or ITupleOperation or ICoalesceOperation or IConditionalOperation)
        {
            value = value.Parent;
        }

        switch (value.Parent)
        {
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                holders.Add(local);
                break;
            case IFieldInitializerOperation { InitializedFields: var fields }:
                holders.UnionWith(fields);
                break;
            case IPropertyInitializerOperation { InitializedProperties: var properties }:
                holders.UnionWith(properties);
                break;
            case IAssignmentOperation assignment when assignment.Value == value:
                holders.UnionWith(Named(assignment.Target, follow: false));
                break;
            // _waiting.Add(id, source), Interlocked.Exchange(ref _source, source)
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Add" or "TryAdd" or "AddOrUpdate" or "GetOrAdd" or "Enqueue" or "Push" or "AddLast" or "TryWrite" or "WriteAsync" or "Exchange" or "CompareExchange" } call }:
                holders.UnionWith(Named(call.Instance ?? call.Arguments[0].Value, follow: false));
                break;
            // _waiting.GetOrAdd(id, _ => source)
            case IReturnOperation { Parent: IBlockOperation { Parent: IAnonymousFunctionOperation lambda } }
                when Handover.AsDelegate(lambda).Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "GetOrAdd" or "AddOrUpdate", Instance: { } collection } }:
                holders.UnionWith(Named(collection, follow: false));
                break;
            // new Request(id, source): the member that keeps it.
            case IArgumentOperation { Parent: IObjectCreationOperation { Type: { DeclaringSyntaxReferences.IsEmpty: false } type } made }:
                holders.UnionWith(type.GetMembers().Where(member => member is IPropertySymbol { Type.Name: "TaskCompletionSource" } or IFieldSymbol { Type.Name: "TaskCompletionSource" }));
                Put(made, holders);
                break;
        }
    }

    private static IEnumerable<IOperation> SourcesOf(ILocalSymbol local, IOperation use)
    {
        foreach (var operation in use.Root().Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Symbol: var declared } declarator when Is(declared) && declarator.GetVariableInitializer() is { Value: var value }:
                    yield return value;
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation { Local: var assigned } } assignment when Is(assigned):
                    yield return assignment.Value;
                    break;
                // _waiting.TryRemove(id, out var source)
                case IInvocationOperation { Instance: { } instance } call when call.Arguments.Any(argument =>
                    argument.Parameter?.RefKind == RefKind.Out && argument.Value.DescendantsAndSelf().Any(part => part is ILocalReferenceOperation { Local: var given } && Is(given))):
                    yield return instance;
                    break;
                case IForEachLoopOperation loop when loop.Locals.Any(Is):
                    yield return loop.Collection;
                    break;
                case IIsPatternOperation { Value: var tested, Pattern: IDeclarationPatternOperation { DeclaredSymbol: { } symbol } } when Is(symbol):
                    yield return tested;
                    break;
                case IIsPatternOperation { Value: var tested, Pattern: IRecursivePatternOperation { DeclaredSymbol: { } symbol } } when Is(symbol):
                    yield return tested;
                    break;
            }
        }

        bool Is(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol, local);
    }

    private static IEnumerable<IOperation> GivenTo(IParameterSymbol parameter, IOperation use)
    {
        for (var parent = use.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation lambda && SymbolEqualityComparer.Default.Equals(lambda.Symbol, parameter.ContainingSymbol))
            {
                return Handover.AsDelegate(lambda).Parent is IArgumentOperation { Parent: IInvocationOperation call } given
                    ? call.Arguments.Where(argument => argument != given).Select(argument => argument.Value)
                    : [];
            }
        }

        return [];
    }

    private static IOperation? AccessedBy(IOperation instance)
    {
        for (var (node, parent) = (instance, instance.Parent); parent is not null; (node, parent) = (parent, parent.Parent))
        {
            if (parent is IConditionalAccessOperation access && access.WhenNotNull == node)
            {
                return access.Operation;
            }
        }

        return null;
    }
}
