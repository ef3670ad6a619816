using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Locks;

/// <summary>
/// Moves work that opens or ends the body of a lock out of it. What it needs of the guarded data is copied under the lock:
/// lists and arrays whose elements cannot change.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1004LockHeldAcrossHeavyWorkCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1004LockHeldAcrossHeavyWorkAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } work
            || work.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax { Parent: LockStatementSyntax { Parent: BlockSyntax outer } locking } body } statement
            || Inputs.Of(statement, body, model, cancellationToken) is not { } inputs)
        {
            yield break;
        }

        var index = body.Statements.IndexOf(statement);
        var isLast = index == body.Statements.Count - 1;
        if (index == 0 && !isLast && inputs.AreFromOutside && statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration && AreFree(declaration, locking))
        {
            yield return Before(outer, locking, body, statement);
        }
        else if (isLast && index > 0 && inputs.AreFromOutside && statement is ReturnStatementSyntax or ExpressionStatementSyntax)
        {
            yield return After("Work after the lock is released", outer, locking, body.WithStatements(body.Statements.RemoveAt(index)), [], statement);
        }
        else if (isLast && statement is ReturnStatementSyntax or ExpressionStatementSyntax && inputs.Guarded.Count == 1 && Copied(inputs.Guarded[0], model, statement) is { } copy)
        {
            var last = statement.ReplaceNodes(inputs.Guarded, (guarded, _) => SyntaxFactory.IdentifierName(copy.Name).WithTriviaFrom(guarded));
            var assignment = SyntaxFactory.ParseStatement($"{copy.Name} = {copy.Value};").WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(statement.GetTrailingTrivia());
            yield return After(
                "Copy under the lock and work after it", outer, locking,
                body.WithStatements(body.Statements.Replace(statement, assignment.WithAdditionalAnnotations(Formatter.Annotation))),
                [SyntaxFactory.ParseStatement($"{copy.Type} {copy.Name};")],
                last.WithLeadingTrivia(statement.GetLeadingTrivia().Where(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))).WithTrailingTrivia(SyntaxFactory.LineFeed));
        }
    }

    private static Edit Before(BlockSyntax outer, LockStatementSyntax locking, BlockSyntax body, StatementSyntax statement)
    {
        var left = body.Statements.Remove(statement);
        left = left.Replace(left[0], left[0].WithLeadingTrivia(left[0].GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia))));
        return Replace("Work before the lock is taken", outer, locking, statement.WithAdditionalAnnotations(Formatter.Annotation), locking.WithStatement(body.WithStatements(left)));
    }

    // The lock keeps what is written above it, unless a declaration comes before it.
    private static Edit After(string title, BlockSyntax outer, LockStatementSyntax locking, BlockSyntax body, StatementSyntax[] declarations, StatementSyntax last)
    {
        var kept = locking.WithStatement(body);
        if (declarations.Length > 0)
        {
            declarations[0] = declarations[0].WithLeadingTrivia(locking.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.LineFeed);
            kept = kept.WithLeadingTrivia(locking.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)));
        }

        var after = last.WithLeadingTrivia(last.GetLeadingTrivia().Insert(0, SyntaxFactory.LineFeed)).WithAdditionalAnnotations(Formatter.Annotation);
        return Replace(title, outer, locking, [.. declarations, kept, after]);
    }

    private static Edit Replace(string title, BlockSyntax outer, LockStatementSyntax locking, params StatementSyntax[] by)
    {
        var place = outer.Statements.IndexOf(locking);
        return new Edit(
            title,
            title,
            outer.SyntaxTree.GetRoot().ReplaceNode(outer, outer.WithStatements(outer.Statements.RemoveAt(place).InsertRange(place, by))));
    }

    // Outside, the name lives in the block around the lock.
    private static bool AreFree(LocalDeclarationStatementSyntax declaration, LockStatementSyntax locking) =>
        declaration.Declaration.Variables.All(variable =>
            locking.Ancestors().OfType<MemberDeclarationSyntax>().First().DescendantTokens()
                .Where(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == variable.Identifier.ValueText)
                .All(token => locking.Statement.Span.Contains(token.Span)));

    private static (string Type, string Name, string Value)? Copied(ExpressionSyntax guarded, SemanticModel model, StatementSyntax at)
    {
        var element = model.GetTypeInfo(guarded).Type switch
        {
            IArrayTypeSymbol { Rank: 1, ElementType: var item } => item,
            INamedTypeSymbol { Name: "List", TypeArguments: { Length: 1 } arguments, ContainingNamespace: var space } when space.ToDisplayString() == "System.Collections.Generic" => arguments[0],
            _ => null,
        };
        if (element is null || !CannotChange(element))
        {
            return null;
        }

        var type = element.ToMinimalDisplayString(model, at.SpanStart) + "[]";
        var name = Scopes.Free(NameOf(guarded).TrimStart('_') is { Length: > 0 } trimmed ? char.ToLowerInvariant(trimmed[0]) + trimmed.Substring(1) : "copy", at, model, []);
        return (type, name, model.GetTypeInfo(guarded).Type is IArrayTypeSymbol ? $"({type}){guarded}.Clone()" : $"{guarded}.ToArray()");
    }

    private static string NameOf(ExpressionSyntax member) => member is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : ((SimpleNameSyntax)member).Identifier.ValueText;

    // Else the work would read, without the lock, what others write.
    private static bool CannotChange(ITypeSymbol type) =>
        type.SpecialType is not (SpecialType.None or SpecialType.System_Object) || type.TypeKind == TypeKind.Enum || type is { IsValueType: true, IsReadOnly: true }
        || type is { TypeKind: TypeKind.Class, IsSealed: true, BaseType.SpecialType: SpecialType.System_Object }
            && type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic).All(field => field.IsReadOnly && CannotChange(field.Type));

    /// <summary>What a statement reads.</summary>
    private sealed class Inputs(bool areFromOutside, List<ExpressionSyntax> guarded)
    {
        /// <summary>Constants, settings that never change, and variables that are declared outside of the lock.</summary>
        public bool AreFromOutside { get; } = areFromOutside;

        /// <summary>Fields that the lock may guard.</summary>
        public List<ExpressionSyntax> Guarded { get; } = guarded;

        /// <summary>Null where the statement does more than work: calls other code of the type, awaits, captures.</summary>
        public static Inputs? Of(StatementSyntax statement, BlockSyntax body, SemanticModel model, CancellationToken cancellation)
        {
            var areFromOutside = true;
            var guarded = new List<ExpressionSyntax>();
            foreach (var operation in model.GetOperation(statement, cancellation)?.Descendants() ?? [])
            {
                switch (operation)
                {
                    case IFieldReferenceOperation { Field: { IsConst: true } or { IsStatic: true, IsReadOnly: true } }:
                        break;
                    case IFieldReferenceOperation field:
                        areFromOutside = false;
                        guarded.Add((ExpressionSyntax)field.Syntax);
                        break;
                    case IMemberReferenceOperation { Instance: IInstanceReferenceOperation }:
                    case IInvocationOperation { Instance: IInstanceReferenceOperation }:
                    case IInvocationOperation { TargetMethod.DeclaringSyntaxReferences.IsEmpty: false }:
                    case IAnonymousFunctionOperation or IAwaitOperation or IDynamicInvocationOperation or IObjectCreationOperation { Constructor.DeclaringSyntaxReferences.IsEmpty: false }:
                        return null;
                    case ILocalReferenceOperation { Local: var local } when local.DeclaringSyntaxReferences.Any(reference => body.Span.Contains(reference.Span)):
                        return null;
                    case IAssignmentOperation { Target: not (ILocalReferenceOperation or IParameterReferenceOperation) }:
                        return null;
                }
            }

            return new Inputs(areFromOutside, guarded);
        }
    }
}
