using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Locks;

/// <summary>
/// Moves a wait that opens or ends the body of a lock out of it. Only waits: a write to a file or socket may be what the lock is for.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1003LockHeldAcrossBlockingCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1003LockHeldAcrossBlockingAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax { Parent: LockStatementSyntax { Parent: BlockSyntax outer } locking } body } statement)
        {
            yield break;
        }

        var index = body.Statements.IndexOf(statement);
        var rules = new Movable(locking, body, model, cancellationToken);
        if (body.Statements.Take(index + 1).All(rules.CanOpen) && index < body.Statements.Count - 1)
        {
            yield return Move(outer, locking, body, body.Statements.Take(index + 1).ToList(), isBefore: true);
        }
        else if (body.Statements.Skip(index).All(rules.CanEnd) && index > 0)
        {
            yield return Move(outer, locking, body, body.Statements.Skip(index).ToList(), isBefore: false);
        }
    }

    private static Edit Move(BlockSyntax outer, LockStatementSyntax locking, BlockSyntax body, List<StatementSyntax> moved, bool isBefore)
    {
        var left = body.Statements.Where(statement => !moved.Contains(statement)).ToList();
        if (isBefore)
        {
            left[0] = left[0].WithLeadingTrivia(left[0].GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)));
        }

        var kept = locking.WithStatement(body.WithStatements(SyntaxFactory.List(left)));
        var outside = moved.Select(statement => statement.WithAdditionalAnnotations(Formatter.Annotation)).ToList();
        if (isBefore)
        {
            outside.Add(kept);
        }
        else
        {
            outside.Insert(0, kept);
        }

        var place = outer.Statements.IndexOf(locking);
        var statements = outer.Statements.RemoveAt(place).InsertRange(place, outside);
        var root = outer.SyntaxTree.GetRoot();
        return new Edit(
            isBefore ? "Wait before the lock is taken" : "Wait after the lock is released",
            HRD1003LockHeldAcrossBlockingAnalyzer.Id,
            root.ReplaceNode(outer, outer.WithStatements(statements)));
    }

    /// <summary>Whether a statement of the lock's body means the same outside of the lock.</summary>
    private sealed class Movable(LockStatementSyntax locking, BlockSyntax body, SemanticModel model, CancellationToken cancellationToken)
    {
        private readonly Blocking _blocking = new(model.Compilation, new AnalyzerOptions([]));

        public bool CanOpen(StatementSyntax statement) => statement switch
        {
            LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } declaration =>
                declaration.UsingKeyword.IsKind(SyntaxKind.None)
                && IsFree(variables[0].Identifier.ValueText)
                && variables[0].Initializer is { Value: var value } && IsUnguardedWait(value, statement),
            ExpressionStatementSyntax { Expression: var expression } => IsUnguardedWait(expression, statement),
            _ => false,
        };

        public bool CanEnd(StatementSyntax statement) => statement switch
        {
            ExpressionStatementSyntax { Expression: var expression } => IsUnguardedWait(expression, statement),
            ReturnStatementSyntax { Expression: { } expression } => IsUnguardedWait(expression, statement),
            _ => false,
        };

        private bool IsUnguardedWait(ExpressionSyntax expression, StatementSyntax statement)
        {
            var isWait = false;
            foreach (var operation in model.GetOperation(expression, cancellationToken)?.DescendantsAndSelf() ?? [])
            {
                switch (operation)
                {
                    case IInvocationOperation call:
                        isWait |= _blocking.Find(call)?.IsWait == true;
                        if (!IsHarmless(call.TargetMethod))
                        {
                            return false;
                        }

                        break;
                    case IPropertyReferenceOperation property:
                        isWait |= _blocking.Find(property)?.IsWait == true;
                        if (!IsThreading(property.Property.ContainingType) && !IsTime(property.Property.ContainingType))
                        {
                            return false;
                        }

                        break;
                    case IFieldReferenceOperation { Field: var field } when !IsUnguarded(field, statement):
                    case ILocalReferenceOperation { Local: var local } when !IsUnguarded(local, local.Type, statement):
                    case IParameterReferenceOperation { Parameter: var parameter } when !IsUnguarded(parameter, parameter.Type, statement):
                    case IAnonymousFunctionOperation or IAwaitOperation or IDynamicInvocationOperation or IEventReferenceOperation or IArrayElementReferenceOperation or IObjectCreationOperation:
                        return false;
                }
            }

            return isWait;
        }

        // A wait, or arithmetic on times and awaiters; any other call may do what the lock is for.
        private static bool IsHarmless(IMethodSymbol method) => IsThreading(method.ContainingType) || IsTime(method.ContainingType)
            || method.ContainingType.ToDisplayString() == "System.Diagnostics.Process";

        private static bool IsThreading(ITypeSymbol type) =>
            type.ContainingNamespace?.ToDisplayString() is "System.Threading" or "System.Threading.Tasks" or "System.Runtime.CompilerServices"
            && type.Name is not ("Interlocked" or "Volatile" or "Unsafe" or "Monitor");

        private static bool IsTime(ITypeSymbol type) => type is { Name: "TimeSpan", ContainingNamespace.Name: "System" };

        private static bool IsPlain(ITypeSymbol type) =>
            type.SpecialType is not (SpecialType.None or SpecialType.System_Object) || type.TypeKind == TypeKind.Enum || IsTime(type) || type.Name == "CancellationToken";

        // A field that never changes; and if it is an object, one that nothing else in the lock uses.
        private bool IsUnguarded(IFieldSymbol field, StatementSyntax statement) =>
            field.IsConst || field.IsReadOnly && (IsPlain(field.Type) || IsThreading(field.Type) && !IsUsedBeside(field, statement));

        private bool IsUnguarded(ISymbol variable, ITypeSymbol type, StatementSyntax statement) =>
            IsOutside(variable)
            && !IsCaptured(variable)
            && (IsPlain(type) || IsThreading(type) || type.ToDisplayString() == "System.Diagnostics.Process")
            && (statement == body.Statements[body.Statements.Count - 1] || !IsUsedBeside(variable, statement));

        private bool IsOutside(ISymbol variable) =>
            variable.DeclaringSyntaxReferences.All(reference => !body.Span.Contains(reference.Span));

        // Another thread may see or write a variable that a lambda shares.
        private bool IsCaptured(ISymbol variable) =>
            model.AnalyzeDataFlow(body) is not { Succeeded: true } flow || flow.Captured.Contains(variable, SymbolEqualityComparer.Default);

        private bool IsUsedBeside(ISymbol symbol, StatementSyntax statement) =>
            body.DescendantNodes(node => node != statement).OfType<IdentifierNameSyntax>().Any(name =>
                name.Identifier.ValueText == symbol.Name
                && !statement.Span.Contains(name.Span)
                && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellationToken).Symbol, symbol));

        // Outside, the name lives in the block around the lock.
        private bool IsFree(string name) =>
            locking.Ancestors().OfType<MemberDeclarationSyntax>().First().DescendantTokens()
                .Where(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name)
                .All(token => body.Span.Contains(token.Span));
    }
}
