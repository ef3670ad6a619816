using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Threads;

/// <summary>What the fixes know that turn work per element into a parallel loop with a limit.</summary>
internal static class ParallelLoops
{
    public const string Done = "return global::System.Threading.Tasks.ValueTask.CompletedTask;";

    private const string Tasks = "global::System.Threading.Tasks";

    /// <summary>The text of an awaited loop over the items, with as many at once as there are cores or as is said.</summary>
    public static string ForEachAsync(SyntaxNode items, string body, string degree = "global::System.Environment.ProcessorCount") =>
        $"await {Tasks}.Parallel.ForEachAsync({items.WithoutTrivia()}, new {Tasks}.ParallelOptions {{ MaxDegreeOfParallelism = {degree} }}, {body});";

    /// <summary>Null where the loop cannot be a parallel one.</summary>
    public static ITypeSymbol? ElementType(ForEachStatementSyntax loop, SemanticModel model)
    {
        if (!loop.AwaitKeyword.IsKind(SyntaxKind.None) || !IsThere(model.GetTypeInfo(loop.Expression).Type))
        {
            return null;
        }

        var element = model.GetForEachStatementInfo(loop).ElementType;
        var isConverted = !SymbolEqualityComparer.Default.Equals(element, model.GetDeclaredSymbol(loop)?.Type);
        return !isConverted ? element : null;
    }

    /// <summary>A list or array is there when the loop begins; a parallel loop reads a lazy sequence ahead and from other threads.</summary>
    public static bool IsThere(ITypeSymbol? type)
    {
        if (type is null)
        {
            return false;
        }

        var kinds = (type is INamedTypeSymbol { TypeKind: TypeKind.Interface } self ? type.AllInterfaces.Add(self) : type.AllInterfaces)
            .Select(kind => kind.OriginalDefinition.SpecialType).ToList();
        return (kinds.Contains(SpecialType.System_Collections_Generic_ICollection_T) || kinds.Contains(SpecialType.System_Collections_Generic_IReadOnlyCollection_T))
            && kinds.Count(kind => kind == SpecialType.System_Collections_Generic_IEnumerable_T) == 1;
    }

    public static string WithReturn(BlockSyntax block)
    {
        var text = block.WithoutTrivia().ToString();
        return $"{text.Substring(0, text.Length - 1).TrimEnd()}\n{Done}\n}}";
    }

    public static bool HasNoParameters(AnonymousFunctionExpressionSyntax function) => function switch
    {
        ParenthesizedLambdaExpressionSyntax lambda => lambda.ParameterList.Parameters.Count == 0,
        AnonymousMethodExpressionSyntax method => method.ParameterList is null || method.ParameterList.Parameters.Count == 0,
        _ => false,
    };

    // Threads that wait for one another must all run at once, and with a limit they do not.
    public static bool WaitsForOthers(IOperation work) => work.Descendants().Any(operation =>
        operation is IInvocationOperation
        {
            TargetMethod.Name: not "Sleep",
            TargetMethod.ContainingType.Name: "Barrier" or "CountdownEvent" or "WaitHandle" or "EventWaitHandle" or "ManualResetEventSlim"
                or "SemaphoreSlim" or "Semaphore" or "Mutex" or "Monitor" or "BlockingCollection" or "Thread",
        });

    public static bool IsAwaitable(SyntaxNode loop, SemanticModel model)
    {
        foreach (var node in loop.Ancestors())
        {
            switch (node)
            {
                case LockStatementSyntax or UnsafeStatementSyntax:
                    return false;
                case LocalFunctionStatementSyntax local:
                    return local.Modifiers.Any(SyntaxKind.AsyncKeyword) && HasForEachAsync(model);
                case AnonymousFunctionExpressionSyntax lambda:
                    return !lambda.AsyncKeyword.IsKind(SyntaxKind.None) && HasForEachAsync(model);
                case GlobalStatementSyntax:
                    return HasForEachAsync(model);
                case MemberDeclarationSyntax member:
                    return member.Modifiers.Any(SyntaxKind.AsyncKeyword) && HasForEachAsync(model);
            }
        }

        return false;
    }

    public static bool HasForEachAsync(SemanticModel model) =>
        model.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Parallel")?.GetMembers("ForEachAsync").IsEmpty == false;
}
