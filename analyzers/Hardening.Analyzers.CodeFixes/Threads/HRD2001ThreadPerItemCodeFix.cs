using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>
/// Turns a loop that starts a thread per element, and the loop that joins them all right after it, into one parallel loop with a limit.
/// Threads that nobody joins stay: to wait for them would change what the method does.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2001ThreadPerItemCodeFix : OneByOneCodeFix
{
    private const string Done = "return global::System.Threading.Tasks.ValueTask.CompletedTask;";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2001ThreadPerItemAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (ForkJoin.Around(reported, model, cancellationToken) is not { } shape
            || ElementType(shape.Loop, model) is not { } element
            || Body(shape, model, element) is not { } body)
        {
            yield break;
        }

        var method = "ForEach";
        var prefix = "";
        if (IsAwaitable(shape.Loop, model) && body.AsAsync is not null)
        {
            (method, prefix) = ("ForEachAsync", "await ");
        }

        const string Tasks = "global::System.Threading.Tasks";
        var parallel = SyntaxFactory.ParseStatement(
            $"{prefix}{Tasks}.Parallel.{method}({shape.Loop.Expression.WithoutTrivia()}, "
            + $"new {Tasks}.ParallelOptions {{ MaxDegreeOfParallelism = global::System.Environment.ProcessorCount }}, {(prefix.Length > 0 ? body.AsAsync : body.AsSync)});");
        var outer = (BlockSyntax)shape.Loop.Parent!;
        var statements = outer.Statements
            .Replace(shape.Join, parallel
                .WithLeadingTrivia(Leading(shape))
                .WithTrailingTrivia(shape.Join.GetTrailingTrivia())
                .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation))
            .RemoveAt(outer.Statements.IndexOf(shape.Loop))
            .RemoveAt(outer.Statements.IndexOf(shape.List));
        var root = outer.SyntaxTree.GetRoot(cancellationToken);
        yield return new Edit($"Use Parallel.{method} with a limit", HRD2001ThreadPerItemAnalyzer.Id, root.ReplaceNode(outer, outer.WithStatements(statements)));
    }

    // A list or array is there when the loop begins; a parallel loop reads a lazy sequence ahead and from other threads.
    private static ITypeSymbol? ElementType(ForEachStatementSyntax loop, SemanticModel model)
    {
        if (!loop.AwaitKeyword.IsKind(SyntaxKind.None) || model.GetTypeInfo(loop.Expression).Type is not { } type)
        {
            return null;
        }

        var kinds = (type is INamedTypeSymbol { TypeKind: TypeKind.Interface } self ? type.AllInterfaces.Add(self) : type.AllInterfaces)
            .Select(kind => kind.OriginalDefinition.SpecialType).ToList();
        var isThere = kinds.Contains(SpecialType.System_Collections_Generic_ICollection_T) || kinds.Contains(SpecialType.System_Collections_Generic_IReadOnlyCollection_T);
        var isOneSequence = kinds.Count(kind => kind == SpecialType.System_Collections_Generic_IEnumerable_T) == 1;
        var element = model.GetForEachStatementInfo(loop).ElementType;
        var isConverted = !SymbolEqualityComparer.Default.Equals(element, model.GetDeclaredSymbol(loop)?.Type);
        return isThere && isOneSequence && !isConverted ? element : null;
    }

    private static Lambdas? Body(ForkJoin shape, SemanticModel model, ITypeSymbol element)
    {
        var item = shape.Loop.Identifier.Text;
        switch (shape.Work)
        {
            case AnonymousFunctionExpressionSyntax function
                when function.AsyncKeyword.IsKind(SyntaxKind.None) && HasNoParameters(function) && shape.Argument is null:
                if (model.GetOperation(function) is not IAnonymousFunctionOperation operation || WaitsForOthers(operation))
                {
                    return null;
                }

                return function.Body switch
                {
                    BlockSyntax block => new Lambdas(
                        $"{item} => {block.WithoutTrivia()}",
                        block.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
                            .Any(node => node is ReturnStatementSyntax)
                            ? null
                            : $"({item}, _) => {WithReturn(block)}"),
                    ExpressionSyntax expression => new Lambdas(
                        $"{item} => {expression.WithoutTrivia()}",
                        $"({item}, _) => {{\n{expression.WithoutTrivia()};\n{Done}\n}}"),
                    _ => null,
                };
            case IdentifierNameSyntax or MemberAccessExpressionSyntax
                when shape.Argument?.Expression is IdentifierNameSyntax { Identifier.Text: var given } && given == item && !element.IsRefLikeType:
                return new Lambdas(
                    $"{item} => {shape.Work.WithoutTrivia()}({item})",
                    $"({item}, _) => {{\n{shape.Work.WithoutTrivia()}({item});\n{Done}\n}}");
            default:
                return null;
        }
    }

    private static string WithReturn(BlockSyntax block)
    {
        var text = block.WithoutTrivia().ToString();
        return $"{text.Substring(0, text.Length - 1).TrimEnd()}\n{Done}\n}}";
    }

    private static bool HasNoParameters(AnonymousFunctionExpressionSyntax function) => function switch
    {
        ParenthesizedLambdaExpressionSyntax lambda => lambda.ParameterList.Parameters.Count == 0,
        AnonymousMethodExpressionSyntax method => method.ParameterList is null || method.ParameterList.Parameters.Count == 0,
        _ => false,
    };

    // Threads that wait for one another must all run at once, and with a limit they do not.
    private static bool WaitsForOthers(IOperation work) => work.Descendants().Any(operation =>
        operation is IInvocationOperation
        {
            TargetMethod.ContainingType.Name: "Barrier" or "CountdownEvent" or "WaitHandle" or "EventWaitHandle" or "ManualResetEventSlim"
                or "SemaphoreSlim" or "Semaphore" or "Mutex" or "Monitor" or "BlockingCollection" or "Thread",
        });

    private static bool IsAwaitable(SyntaxNode loop, SemanticModel model)
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
                case MemberDeclarationSyntax member:
                    return member.Modifiers.Any(SyntaxKind.AsyncKeyword) && HasForEachAsync(model);
            }
        }

        return false;
    }

    private static bool HasForEachAsync(SemanticModel model) =>
        model.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Parallel")?.GetMembers("ForEachAsync").IsEmpty == false;

    // Comments of what goes move before what comes.
    private static SyntaxTriviaList Leading(ForkJoin shape)
    {
        var comments = shape.List.GetTrailingTrivia()
            .Concat(shape.Loop.DescendantTrivia().Where(trivia => !shape.Work.Span.Contains(trivia.Span)))
            .Concat(shape.Join.GetLeadingTrivia())
            .Concat(shape.Join.DescendantTrivia().Where(trivia => shape.Join.Span.Contains(trivia.Span)))
            .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia));
        var leading = shape.List.GetLeadingTrivia();
        return leading.AddRange(comments.SelectMany(comment => new[] { comment, SyntaxFactory.EndOfLine("\n") }));
    }

    private sealed class Lambdas(string asSync, string? asAsync)
    {
        public string AsSync { get; } = asSync;

        public string? AsAsync { get; } = asAsync;
    }
}
