using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Threads;

/// <summary>
/// A background thread dies with the process, at whatever statement it is; that changes what happens at the end, and the titles say so.
/// Where the loop can see a token, it asks that, too.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2013EndlessForegroundThreadCodeFix : OneByOneCodeFix
{
    private const string Title = "Make it a background thread, which ends with the process";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2013EndlessForegroundThreadAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.AncestorsAndSelf().OfType<BaseObjectCreationExpressionSyntax>().FirstOrDefault() is not { } expression
            || model.GetOperation(expression, cancellationToken) is not IObjectCreationOperation creation
            || EndlessThread.LoopOf(creation, new CallGraph(model.Compilation)) is not { } loop
            || AsBackground(expression) is null)
        {
            yield break;
        }

        var root = expression.SyntaxTree.GetRoot(cancellationToken);
        if (loop.Syntax.SyntaxTree == expression.SyntaxTree && root.FindNode(loop.Syntax.Span) is StatementSyntax statement && TokenFor(statement, model) is var (name, condition) && Until(statement, condition) is { } asking)
        {
            var title = $"Make it a background thread that ends when '{name}' is cancelled";
            // The loop may stand in the lambda that is the thread's argument.
            var changed = expression.Span.Contains(statement.Span)
                ? root.ReplaceNode(expression, AsBackground(expression.ReplaceNode(statement, asking))!)
                : root.ReplaceNodes(new SyntaxNode[] { expression, statement }, (old, _) => old == statement ? asking : AsBackground(expression)!);
            yield return new Edit(title, HRD2013EndlessForegroundThreadAnalyzer.Id + ".token", changed);
        }

        yield return new Edit(Title, Title, root.ReplaceNode(expression, AsBackground(expression)!));
    }

    private static BaseObjectCreationExpressionSyntax? AsBackground(BaseObjectCreationExpressionSyntax creation)
    {
        if (creation.ArgumentList is not { } arguments)
        {
            return null;
        }

        var setting = SyntaxFactory.ParseExpression("IsBackground = true");
        if (creation.Initializer is { Expressions: { Count: > 0 } expressions } initializer)
        {
            var first = expressions[0];
            return creation.WithInitializer(initializer.WithExpressions(expressions
                .Replace(first, first.WithoutLeadingTrivia())
                .Insert(0, setting.WithLeadingTrivia(first.GetLeadingTrivia())))
                .WithAdditionalAnnotations(Formatter.Annotation));
        }

        var added = ((ObjectCreationExpressionSyntax)SyntaxFactory.ParseExpression("new T { IsBackground = true }")).Initializer!.WithTrailingTrivia(arguments.GetTrailingTrivia());
        arguments = arguments.WithTrailingTrivia(SyntaxFactory.Space);
        return creation switch
        {
            ObjectCreationExpressionSyntax named => named.WithArgumentList(arguments).WithInitializer(added),
            ImplicitObjectCreationExpressionSyntax implied => implied.WithArgumentList(arguments).WithInitializer(added),
            _ => null,
        };
    }

    // The one token that the loop can name; with two of them it is a choice.
    private static (string Name, string Condition)? TokenFor(StatementSyntax loop, SemanticModel model)
    {
        var isStatic = model.GetEnclosingSymbol(loop.SpanStart) is { IsStatic: true };
        var found = model.LookupSymbols(loop.SpanStart).Where(symbol => symbol switch
        {
            IParameterSymbol parameter => IsToken(parameter.Type) && parameter.RefKind == RefKind.None,
            IFieldSymbol field => (IsToken(field.Type) || IsSource(field.Type) && field.NullableAnnotation != NullableAnnotation.Annotated) && (field.IsStatic || !isStatic),
            _ => false,
        }).ToList();
        return found.Count == 1 ? (found[0].Name, $"!{found[0].Name}.IsCancellationRequested") : null;
    }

    private static bool IsToken(ITypeSymbol type) => type is { Name: "CancellationToken", ContainingNamespace.Name: "Threading" };

    private static bool IsSource(ITypeSymbol type) => type is { Name: "CancellationTokenSource", ContainingNamespace.Name: "Threading" };

    // What stands after an endless loop was never run.
    private static StatementSyntax? Until(StatementSyntax loop, string condition)
    {
        if (loop.Parent is not BlockSyntax block || block.Statements.Last() != loop)
        {
            return null;
        }

        return loop switch
        {
            WhileStatementSyntax each => each.WithCondition(SyntaxFactory.ParseExpression(condition).WithTriviaFrom(each.Condition)),
            ForStatementSyntax { Condition: null } each => each.WithCondition(SyntaxFactory.ParseExpression(condition).WithLeadingTrivia(SyntaxFactory.Space)),
            _ => null,
        };
    }
}
