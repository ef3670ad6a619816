using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>Bounds the threads of a parallel loop by the cores. How many waits at once are right is not in the code; that there is a bound is what counts.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2005BlockingParallelBodyCodeFix : OneByOneCodeFix
{
    private const string Title = "Limit to one thread per core";
    private const string Degree = "MaxDegreeOfParallelism";
    private const string Cores = "global::System.Environment.ProcessorCount";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2005BlockingParallelBodyAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } syntax && Limited(syntax, model, cancellationToken) is { } changed)
        {
            yield return new Edit(Title, HRD2005BlockingParallelBodyAnalyzer.Id, changed);
        }
    }

    /// <summary>The document with a degree for this parallel loop or query.</summary>
    internal static SyntaxNode? Limited(InvocationExpressionSyntax syntax, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetOperation(syntax, cancellationToken) is not IInvocationOperation call
            || new ParallelDegree(model.Compilation, new CallGraph(model.Compilation)) is not { } degree
            || !degree.UnlimitedBodies(call, HRD2005BlockingParallelBodyAnalyzer.Few).Any())
        {
            return null;
        }

        var root = syntax.SyntaxTree.GetRoot(cancellationToken);
        return call.TargetMethod.Name == "AsParallel" ? LimitQuery(syntax, root)
            : degree.OptionsOf(call) is { } options ? LimitOptions(options, root)
            : AddOptions(syntax, call, root);
    }

    private static SyntaxNode? LimitQuery(InvocationExpressionSyntax call, SyntaxNode root)
    {
        // Not ParallelEnumerable.AsParallel(items): the extension may not be in scope.
        if (call.ArgumentList.Arguments.Count > 0)
        {
            return null;
        }

        var limited = SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, call.WithoutTrivia(), SyntaxFactory.IdentifierName("WithDegreeOfParallelism")),
            SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(Parse(Cores)))));
        return root.ReplaceNode(call, limited.WithTriviaFrom(call));
    }

    private static SyntaxNode? AddOptions(InvocationExpressionSyntax syntax, IInvocationOperation call, SyntaxNode root)
    {
        var given = syntax.ArgumentList.Arguments;
        var place = call.TargetMethod.Name switch { "For" => 2, "ForEach" => 1, _ => 0 };
        if (given.Count <= place || given.Any(argument => argument.NameColon is not null))
        {
            return null;
        }

        var options = SyntaxFactory.Argument(Parse($"new global::System.Threading.Tasks.ParallelOptions {{ {Degree} = {Cores} }}"));

        // Where each argument has a line, the new one has, too.
        var next = given[place];
        var separators = given.GetSeparators().ToList();
        var lineEnd = place > 0 ? separators[place - 1].TrailingTrivia : syntax.ArgumentList.OpenParenToken.TrailingTrivia;
        var comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(
            lineEnd.Any(SyntaxKind.EndOfLineTrivia) ? SyntaxFactory.TriviaList(lineEnd.First(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia))) : [SyntaxFactory.Space]);
        options = options.WithLeadingTrivia(Indentation(next));
        separators.Insert(place, comma);
        var arguments = SyntaxFactory.SeparatedList(given.Insert(place, options), separators);
        return root.ReplaceNode(syntax.ArgumentList, syntax.ArgumentList.WithArguments(arguments));
    }

    private static SyntaxNode? LimitOptions(IOperation options, SyntaxNode root)
    {
        var value = options is ILocalReferenceOperation { Local: var local } ? Initializers.Of(local, options)
            : options is IFieldReferenceOperation { Field: var field } ? Initializers.Of(field, options)
            : options;
        if (value?.Unwrap().Syntax is not BaseObjectCreationExpressionSyntax creation)
        {
            return null;
        }

        var cores = Parse(Cores);
        var unlimited = creation.Initializer?.Expressions.OfType<AssignmentExpressionSyntax>().FirstOrDefault(set => set.Left is IdentifierNameSyntax { Identifier.ValueText: Degree });
        if (unlimited is not null)
        {
            return root.ReplaceNode(unlimited.Right, cores.WithTriviaFrom(unlimited.Right));
        }

        if (creation.Initializer is null or { Expressions.Count: 0 })
        {
            var set = (ObjectCreationExpressionSyntax)Parse($"new X {{ {Degree} = {Cores} }}");
            var withSpace = creation switch
            {
                ObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: 0 } none } named when !none.DescendantTrivia().Any(IsComment) =>
                    (BaseObjectCreationExpressionSyntax)named.WithArgumentList(null).WithType(named.Type.WithTrailingTrivia(SyntaxFactory.Space)),
                _ => creation.WithArgumentList(creation.ArgumentList?.WithTrailingTrivia(SyntaxFactory.Space)),
            };
            return root.ReplaceNode(creation, withSpace
                .WithInitializer(set.Initializer!.WithTrailingTrivia(creation.GetTrailingTrivia())));
        }

        // First: whatever stands behind the others stays where it is.
        var first = creation.Initializer.Expressions[0];
        var degree = Parse($"{Degree} = {Cores}").WithLeadingTrivia(first.GetLeadingTrivia());
        var brace = creation.Initializer.OpenBraceToken.TrailingTrivia;
        var comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(
            brace.Any(SyntaxKind.EndOfLineTrivia) ? SyntaxFactory.TriviaList(brace.First(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia))) : [SyntaxFactory.Space]);
        var rest = creation.Initializer.Expressions.Replace(first, first.WithLeadingTrivia(Indentation(first)));
        return root.ReplaceNode(creation.Initializer, creation.Initializer.WithExpressions(
            SyntaxFactory.SeparatedList(rest.Insert(0, degree), creation.Initializer.Expressions.GetSeparators().Prepend(comma))));
    }

    private static SyntaxTriviaList Indentation(SyntaxNode node) => SyntaxFactory.TriviaList(node.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)));

    // Each name is shortened by itself.
    private static ExpressionSyntax Parse(string text)
    {
        var expression = SyntaxFactory.ParseExpression(text);
        return expression.ReplaceNodes(
            expression.DescendantNodesAndSelf().Where(node => node is MemberAccessExpressionSyntax or QualifiedNameSyntax),
            (_, name) => name.WithAdditionalAnnotations(Simplifier.Annotation));
    }

    private static bool IsComment(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);
}
