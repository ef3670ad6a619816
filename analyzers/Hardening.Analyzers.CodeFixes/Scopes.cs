using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers;

/// <summary>Whether an object may be disposed at the end of the block that declares it, and the edits that do so.</summary>
internal static class Scopes
{
    /// <summary>Nothing that came from the object lives longer than its block, so a <c>using</c> there breaks no later use.</summary>
    public static bool EndsInItsBlock(IOperation created, Holding holding, Func<ITypeSymbol, bool> owns)
    {
        if (holding.Locals.Count > 1 || holding.Locals.Any(local => IsWrittenOrCaptured(local, created)))
        {
            return false;
        }

        return holding.Uses.All(use => IsSpent(use, owns)) && (!holding.Uses.Any(IsHeardLater) || holding.Uses.Any(IsWait));
    }

    /// <summary>The declaration of the local as a <c>using</c> declaration; null where the language or the scope does not allow it.</summary>
    public static SyntaxNode? DeclareUsing(SyntaxNode created, Holding holding, SyntaxNode root)
    {
        if (created.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is not { } declaration
            || declaration.Declaration is not { Type: not RefTypeSyntax, Variables: { Count: 1 } variables }
            || !declaration.UsingKeyword.IsKind(SyntaxKind.None)
            || !AllowsUsingDeclaration(declaration)
            || holding.Local is not ILocalSymbol local
            || local.Name != variables[0].Identifier.ValueText
            || !local.Type.AllInterfaces.Any(type => type.SpecialType == SpecialType.System_IDisposable))
        {
            return null;
        }

        return root.ReplaceNode(declaration, declaration
            .WithoutLeadingTrivia()
            .WithUsingKeyword(SyntaxFactory.Token(declaration.GetLeadingTrivia(), SyntaxKind.UsingKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space))));
    }

    /// <summary><c>foreach (var x in …) { … }</c> becomes <c>foreach (var x in …) { using (x) { … } }</c>; null where no loop walks the sequence.</summary>
    public static SyntaxNode? UseEachElement(IOperation created, Holding holding, SyntaxNode root)
    {
        if (created.Syntax.Parent is not ForEachStatementSyntax loop || holding.Local is not { } element || element.Name != loop.Identifier.ValueText)
        {
            return null;
        }

        var block = loop.Statement as BlockSyntax;
        var used = SyntaxFactory.UsingStatement(
            declaration: null, SyntaxFactory.IdentifierName(loop.Identifier.WithoutTrivia()), block?.WithoutTrivia() ?? SyntaxFactory.Block(loop.Statement));
        var body = SyntaxFactory.Block(used);
        body = block is null ? body.WithTrailingTrivia(LineEnd(root)) : body.WithTriviaFrom(block);
        return root.ReplaceNode(loop, loop.WithStatement(body).WithAdditionalAnnotations(Formatter.Annotation));
    }

    /// <summary>
    /// Gives temporaries of a statement a <c>using</c> declaration each, before it; an inner one comes before the one that it is part of.
    /// Null where that would change what the statement does.
    /// </summary>
    public static SyntaxNode? DeclareBefore(SyntaxNode root, SemanticModel model, Func<SyntaxNode, string> nameOf, params ExpressionSyntax[] temporaries)
    {
        if (temporaries[0].FirstAncestorOrSelf<StatementSyntax>() is not { } statement || !AllowsUsingDeclaration(statement) || !temporaries.All(MayMove))
        {
            return null;
        }

        var declarations = new List<StatementSyntax>();
        var names = new List<string>();
        var rest = statement.ReplaceNodes(temporaries, (original, temporary) =>
        {
            names.Add(Free(nameOf(original), statement, model, names));
            declarations.Add(Declare(names[names.Count - 1], temporary.WithoutTrivia()));
            return SyntaxFactory.IdentifierName(names[names.Count - 1]).WithTriviaFrom(temporary);
        });
        return Join(root, statement, declarations.Append(rest));

        // What runs before the temporary in its statement would run after it; what runs only sometimes would run always.
        bool MayMove(ExpressionSyntax temporary) =>
            statement is ExpressionStatementSyntax or LocalDeclarationStatementSyntax or ReturnStatementSyntax
            && statement.DescendantNodes(node => !temporaries.Contains(node)).All(node => node.Span.End > temporary.SpanStart || !HasEffects(node))
            && !temporary.Ancestors().TakeWhile(node => node != statement).Any(node =>
                node is AnonymousFunctionExpressionSyntax or ConditionalExpressionSyntax or QueryExpressionSyntax or SwitchExpressionSyntax
                || node is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression or (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } binary
                    && binary.Right.Span.Contains(temporary.Span)
                || node is ConditionalAccessExpressionSyntax access && access.WhenNotNull.Span.Contains(temporary.Span));

        bool HasEffects(SyntaxNode node) =>
            node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or AwaitExpressionSyntax or PostfixUnaryExpressionSyntax
            && !temporaries.Contains(node);
    }

    public static SyntaxNode InsertBefore(SyntaxNode root, StatementSyntax statement, IEnumerable<string> inserted) =>
        Join(root, statement, inserted.Select(text => SyntaxFactory.ParseStatement(text)).Append(statement));

    public static SyntaxNode InsertAfter(SyntaxNode root, StatementSyntax statement, IEnumerable<string> inserted) =>
        Join(root, statement, inserted.Select(text => SyntaxFactory.ParseStatement(text)).Prepend(statement));

    public static SyntaxNode InsertAfter(SyntaxNode root, StatementSyntax statement, params IEnumerable<StatementSyntax> inserted) => Join(root, statement, inserted.Prepend(statement));

    /// <summary>Several statements in the place of one.</summary>
    public static SyntaxNode Replace(SyntaxNode root, StatementSyntax statement, IEnumerable<StatementSyntax> by)
    {
        var statements = by.ToList();
        statements[statements.Count - 1] = statements[statements.Count - 1].WithTrailingTrivia(statement.GetTrailingTrivia());
        return Join(root, statement, statements);
    }

    // What is written above the statement stays above all of them; what stands behind it stays behind it.
    private static SyntaxNode Join(SyntaxNode root, StatementSyntax statement, IEnumerable<StatementSyntax> by)
    {
        var indentation = statement.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia));
        var lineEnd = LineEnd(root);
        var statements = by.Select((each, index) => (each.HasTrailingTrivia ? each : each.WithTrailingTrivia(lineEnd))
            .WithLeadingTrivia(index == 0 ? statement.GetLeadingTrivia() : SyntaxFactory.TriviaList(indentation))
            .WithAdditionalAnnotations(Formatter.Annotation));
        var spaced = statements.ToList();
        for (var i = 0; i < spaced.Count; i++)
        {
            if (EndsInBlock(spaced[i]) && !spaced[i].IsEquivalentTo(statement) && (i + 1 < spaced.Count || IsFollowedAtOnce(statement)))
            {
                spaced[i] = spaced[i].WithTrailingTrivia(spaced[i].GetTrailingTrivia().Add(lineEnd));
            }
        }

        return statement.Parent is GlobalStatementSyntax global
            ? root.ReplaceNode(global, spaced.Select(SyntaxFactory.GlobalStatement))
            : root.ReplaceNode(statement, spaced);
    }

    // What is new and ends in a brace has a blank line after it.
    private static bool EndsInBlock(StatementSyntax statement) => statement is IfStatementSyntax or TryStatementSyntax;

    private static bool IsFollowedAtOnce(StatementSyntax statement)
    {
        var next = statement.GetLastToken().GetNextToken();
        return !next.IsKind(SyntaxKind.CloseBraceToken) && !next.IsKind(SyntaxKind.EndOfFileToken) && !(next.LeadingTrivia is { Count: > 0 } trivia && trivia[0].IsKind(SyntaxKind.EndOfLineTrivia));
    }

    /// <summary>How the document ends its lines.</summary>
    public static SyntaxTrivia LineEnd(SyntaxNode root) =>
        root.DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)) is { RawKind: > 0 } lineEnd ? lineEnd : SyntaxFactory.LineFeed;

    /// <summary>A switch section refuses a using declaration, and so does a block that a goto jumps into.</summary>
    public static bool AllowsUsingDeclaration(StatementSyntax statement) =>
        statement.Parent is BlockSyntax or GlobalStatementSyntax
        && !(statement.FirstAncestorOrSelf<BlockSyntax>() as SyntaxNode ?? statement.SyntaxTree.GetRoot())
            .DescendantNodes().Any(node => node is LabeledStatementSyntax);

    /// <summary>The name, with a number where it is taken.</summary>
    public static string Free(string name, SyntaxNode at, SemanticModel model, IEnumerable<string> alsoTaken)
    {
        var taken = new HashSet<string>(model.LookupSymbols(at.SpanStart).Where(symbol => symbol is ILocalSymbol or IParameterSymbol).Select(symbol => symbol.Name).Concat(alsoTaken));
        foreach (var token in (at.FirstAncestorOrSelf<StatementSyntax>()?.Parent ?? at).DescendantTokens())
        {
            taken.Add(token.ValueText);
        }

        var free = name;
        for (var number = 2; taken.Contains(free); number++)
        {
            free = name + number;
        }

        return free;
    }

    private static LocalDeclarationStatementSyntax Declare(string name, ExpressionSyntax value)
    {
        var declaration = (LocalDeclarationStatementSyntax)SyntaxFactory.ParseStatement($"using var {name} = x;");
        return declaration.ReplaceNode(declaration.Declaration.Variables[0].Initializer!.Value, value);
    }

    private static bool IsWrittenOrCaptured(ISymbol local, IOperation created)
    {
        var function = created.Function();
        return References.Of(local, created).Any(reference =>
            reference.Function() != function
            || reference.Parent is IAssignmentOperation { Target: var target } && target == reference
            || reference.Parent is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out });
    }

    // After Dispose no event is raised and no further line is read.
    private static bool IsHeardLater(IOperation use) =>
        use.Parent is IEventReferenceOperation or IInvocationOperation { TargetMethod.Name: "BeginOutputReadLine" or "BeginErrorReadLine" };

    private static bool IsWait(IOperation use) =>
        (use.Parent is IArgumentOperation { Parent: var extension } ? extension : use.Parent) is IInvocationOperation { TargetMethod: { Name: "WaitForExit", Parameters.Length: 0 } or { Name: "WaitForExitAsync" } };

    private static bool IsSpent(IOperation use, Func<ITypeSymbol, bool> owns)
    {
        var result = use.Parent!;
        while (result.Parent is IMemberReferenceOperation or IConversionOperation or IParenthesizedOperation
            || result.Parent is IInvocationOperation { Instance: { } instance } && instance == result
            || result.Parent is IConditionalAccessOperation)
        {
            result = result.Parent;
        }

        if (result.Type is not { } type || IsPlain(type) || owns(type))
        {
            return true;
        }

        return result.Parent switch
        {
            IAwaitOperation => true,
            IExpressionStatementOperation => !IsTask(type),
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var held } } =>
                References.Of(held, use).All(reference => reference.Function() == use.Function() && !Leaves(reference))
                && (!IsTask(type) || References.Of(held, use).Any()),
            _ => !IsTask(type) && !Leaves(result) || IsAwaited(result),
        };
    }

    // A value of its own: not a reference, a pointer or a span into the object.
    private static bool IsPlain(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } or IPointerTypeSymbol => false,
        IArrayTypeSymbol array => IsPlain(array.ElementType),
        { SpecialType: SpecialType.System_String or SpecialType.System_Void } => true,
        _ => type is { IsValueType: true, IsRefLikeType: false } && !IsTask(type),
    };

    private static bool IsTask(ITypeSymbol type) => type.Name is "Task" or "ValueTask" or "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable";

    private static bool Leaves(IOperation value) => value.Parent switch
    {
        IReturnOperation => true,
        ISimpleAssignmentOperation { Target: not ILocalReferenceOperation } assignment => assignment.Target != value,
        IConversionOperation conversion => Leaves(conversion),
        _ => false,
    };

    private static bool IsAwaited(IOperation value)
    {
        for (var outer = value.Parent; outer is not (null or IBlockOperation or IAnonymousFunctionOperation); outer = outer.Parent)
        {
            if (outer is IAwaitOperation)
            {
                return true;
            }
        }

        return false;
    }
}
