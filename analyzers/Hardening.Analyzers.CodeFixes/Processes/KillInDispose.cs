using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Kills the child of a field where its owner disposes: with its descendants, a bounded wait, and only while it runs.</summary>
internal static class KillInDispose
{
    /// <summary>Null where the owner disposes nothing, or in a way that cannot be added to.</summary>
    public static (string Title, SyntaxNode Root)? Of(IOperation created, KeptChild kept, ProcessTypes types, SemanticModel model, SyntaxNode root, CancellationToken cancellationToken)
    {
        // One that may never have been started, or that a readonly field still has when Dispose is called again, throws when it is asked whether it has ended.
        if (created is not IInvocationOperation
            || kept.Member is not IFieldSymbol { IsStatic: false, IsReadOnly: false } field
            || !types.IsProcess(field.Type)
            || !MemberUses.AreAllIn(model.SyntaxTree, field)
            || created.Syntax.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not ClassDeclarationSyntax type
            || model.GetDeclaredSymbol(type, cancellationToken) is not { } symbol
            || field.NullableAnnotation == NullableAnnotation.NotAnnotated)
        {
            return null;
        }

        var disposed = MemberUses.Of(field, model).Select(DisposedBy).Where(statement => statement is not null).ToList();
        switch (disposed.Count)
        {
            case 0 when kept.End != KeptEnd.OnlyDisposed && Disposal.Of(type, symbol) is { ChangesType: false } disposal:
                return ($"Kill and dispose '{field.Name}' with its owner", root.ReplaceNode(type, disposal.Add(type, $"{{\n{Kill(field.Name, model)}{field.Name}?.Dispose();\n{field.Name} = null;\n}}")));
            case 1 when disposed[0]!.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method && IsDispose(method):
                return ($"Kill '{field.Name}' before it is disposed", root.ReplaceNode(method, WithKill(method, disposed[0]!, field, model)));
            default:
                return null;
        }
    }

    // _child?.Dispose(); as a statement of its own, or as the whole of an expression body.
    private static SyntaxNode? DisposedBy(IOperation use)
    {
        var call = use.Parent switch
        {
            IInvocationOperation direct when direct.Instance == use => direct,
            IConditionalAccessOperation { WhenNotNull: IInvocationOperation conditional } access when access.Operation == use => conditional,
            _ => null,
        };
        if (call is not { TargetMethod.Name: "Dispose" or "Close" })
        {
            return null;
        }

        var whole = call.Syntax.Parent is ConditionalAccessExpressionSyntax outer ? outer : call.Syntax;
        return whole.Parent is ExpressionStatementSyntax or ArrowExpressionClauseSyntax ? whole.Parent : whole;
    }

    private static bool IsDispose(MethodDeclarationSyntax method) =>
        method.Identifier.ValueText is "Dispose" or "Stop" or "Close"
        && !method.Modifiers.Any(SyntaxKind.AsyncKeyword)
        && method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };

    private static MethodDeclarationSyntax WithKill(MethodDeclarationSyntax method, SyntaxNode disposed, IFieldSymbol field, SemanticModel model)
    {
        var kill = SyntaxFactory.ParseStatement(Kill(field.Name, model)).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed, SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        var forget = SyntaxFactory.ParseStatement($"{field.Name} = null;\n").WithAdditionalAnnotations(Formatter.Annotation);
        switch (disposed)
        {
            case ExpressionStatementSyntax { Parent: BlockSyntax block } statement:
                var isForgotten = block.Statements.Any(each => each is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: var left } } && left.ToString() == field.Name);
                IEnumerable<StatementSyntax> all = [kill.WithLeadingTrivia(statement.GetLeadingTrivia()), statement.WithoutLeadingTrivia().WithAdditionalAnnotations(Formatter.Annotation)];
                return method.ReplaceNode(block, block.WithStatements(block.Statements.ReplaceRange(statement, isForgotten ? all : all.Append(forget))));
            case ArrowExpressionClauseSyntax arrow:
                var only = SyntaxFactory.ExpressionStatement(arrow.Expression.WithoutTrivia()).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed);
                return method.WithExpressionBody(null).WithSemicolonToken(default)
                    .WithParameterList(method.ParameterList.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed))
                    .WithBody(SyntaxFactory.Block(kill, only, forget).WithTrailingTrivia(method.SemicolonToken.TrailingTrivia))
                    .WithAdditionalAnnotations(Formatter.Annotation);
            default:
                return method;
        }
    }

    private static string Kill(string field, SemanticModel model) => $"if ({field} is {{ HasExited: false }})\n{{\n{WaitEdits.Kill(field, model)}\n{field}.WaitForExit(5000);\n}}\n\n";
}
