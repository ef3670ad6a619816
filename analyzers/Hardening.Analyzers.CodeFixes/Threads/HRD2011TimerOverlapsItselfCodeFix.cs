using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>Lets no second callback in while the first one runs: its tick is skipped, and the title says so.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2011TimerOverlapsItselfCodeFix : OneByOneCodeFix
{
    private const string Title = "Skip the tick while the last one still runs";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2011TimerOverlapsItselfAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var expression = reported.AncestorsAndSelf().OfType<ExpressionSyntax>().FirstOrDefault(node => node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax);
        if (expression?.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not ClassDeclarationSyntax type
            || TimerTypes.Of(model.Compilation) is not { } types
            || model.GetOperation(expression, cancellationToken) is not { } created
            || Callback(created, type, types, model, cancellationToken) is not { } callback
            || Guarded(callback, type, model, cancellationToken) is not var (old, guarded, isStatic, name))
        {
            yield break;
        }

        var changed = WithField(type.ReplaceNode(old, guarded), isStatic, name);
        yield return new Edit(Title, Title, type.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(type, changed));
    }

    private static IOperation? Callback(IOperation created, ClassDeclarationSyntax type, TimerTypes types, SemanticModel model, CancellationToken cancellationToken)
    {
        var arguments = created switch
        {
            IObjectCreationOperation creation => creation.Arguments,
            IInvocationOperation call => call.Arguments,
            _ => [],
        };
        if (arguments.FirstOrDefault(argument => argument.Parameter?.Name == "callback") is { } callback)
        {
            return (callback.Value.Unwrap() as IDelegateCreationOperation)?.Target;
        }

        IEnumerable<IOperation> references = TimerTypes.FieldOf(created) is { } field
            ? type.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.ValueText == field.Name)
                .Select(name => model.GetOperation(name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } whole ? whole : name, cancellationToken)).OfType<IFieldReferenceOperation>()
            : types.Ownership.Follow(created).Uses;
        return TimerUses.Of(references).Handlers is { Count: 1 } handlers ? (handlers[0].Unwrap() as IDelegateCreationOperation)?.Target : null;
    }

    private static (SyntaxNode Old, SyntaxNode Guarded, bool IsStatic, string Name)? Guarded(IOperation callback, ClassDeclarationSyntax type, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (callback)
        {
            // Other callers would be turned away, too.
            case IMethodReferenceOperation { Method: { DeclaredAccessibility: Accessibility.Private, ReturnsVoid: true, MethodKind: MethodKind.Ordinary } method }
                when method.DeclaringSyntaxReferences.Length == 1
                    && method.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken) is MethodDeclarationSyntax declaration
                    && declaration.Parent == type && !type.Modifiers.Any(SyntaxKind.PartialKeyword)
                    && type.DescendantTokens().Count(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == method.Name) == 2:
                var name = FreeName(type, $"_{char.ToLowerInvariant(method.Name[0])}{method.Name.Substring(1)}IsRunning");
                return Body(declaration.Body, declaration.ExpressionBody?.Expression, name) is { } body
                    ? (declaration, declaration.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body
                        .WithTrailingTrivia(declaration.GetTrailingTrivia())).WithAdditionalAnnotations(Formatter.Annotation), method.IsStatic, name)
                    : null;
            case IAnonymousFunctionOperation { Syntax: LambdaExpressionSyntax lambda } when IsStaticAround(lambda, type) is { } isStatic && (isStatic || !lambda.Modifiers.Any(SyntaxKind.StaticKeyword)):
                var field = FreeName(type, "_tickIsRunning");
                return Body(lambda.Body as BlockSyntax, lambda.Body as ExpressionSyntax, field) is { } block
                    ? (lambda, lambda.WithBody(block.WithoutTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation), isStatic, field)
                    : null;
            default:
                return null;
        }
    }

    // Null where a lambda cannot refer to a field of its object: in the initializer of another one.
    private static bool? IsStaticAround(SyntaxNode lambda, ClassDeclarationSyntax type) =>
        lambda.Ancestors().OfType<MemberDeclarationSyntax>().FirstOrDefault(member => member.Parent == type) switch
        {
            { Modifiers: var modifiers } when modifiers.Any(SyntaxKind.StaticKeyword) => true,
            BaseMethodDeclarationSyntax => false,
            _ => null,
        };

    private static BlockSyntax? Body(BlockSyntax? block, ExpressionSyntax? expression, string field)
    {
        if (expression is ThrowExpressionSyntax || block is null && expression is null)
        {
            return null;
        }

        var guard = (BlockSyntax)SyntaxFactory.ParseStatement(
            $$"""
            {
            if (global::System.Threading.Interlocked.Exchange(ref {{field}}, 1) == 1)
            {
            return;
            }

            try
            {
            }
            finally
            {
            global::System.Threading.Volatile.Write(ref {{field}}, 0);
            }
            }
            """);
        var work = ((TryStatementSyntax)guard.Statements[1]).Block;
        var done = block is not null
            ? work.WithStatements(block.Statements).WithCloseBraceToken(work.CloseBraceToken.WithLeadingTrivia(block.CloseBraceToken.LeadingTrivia))
            : work.WithStatements([SyntaxFactory.ExpressionStatement(expression!.WithoutTrivia()).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed)]);
        guard = guard.ReplaceNode(work, done);
        if (block is not null)
        {
            guard = guard.WithOpenBraceToken(block.OpenBraceToken);
        }

        return guard.ReplaceNodes(
            guard.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Where(node => node.ToString() is "global::System.Threading.Interlocked" or "global::System.Threading.Volatile"),
            (node, _) => node.WithAdditionalAnnotations(Simplifier.Annotation));
    }

    private static ClassDeclarationSyntax WithField(ClassDeclarationSyntax type, bool isStatic, string name)
    {
        var field = SyntaxFactory.ParseMemberDeclaration($"private {(isStatic ? "static " : "")}int {name};\n")!.WithAdditionalAnnotations(Formatter.Annotation);
        var place = type.Members.LastIndexOf(member => member is FieldDeclarationSyntax) + 1;
        return type.WithMembers(type.Members.Insert(place, place > 0 ? field : field.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed, SyntaxFactory.ElasticLineFeed)));
    }

    private static string FreeName(ClassDeclarationSyntax type, string wanted)
    {
        var taken = new HashSet<string>(type.DescendantTokens().Select(token => token.ValueText));
        return Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? wanted : wanted + number).First(name => !taken.Contains(name));
    }
}
