using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>
/// A lock that one function takes and another releases, on purpose: a signal, a helper that takes and one that releases, a wrapper with Dispose.
/// Read from names alone, because the other function may be in another document.
/// </summary>
internal static class HandOvers
{
    /// <summary>Whether all code that can release the lock is in its own type, or in its own member if it is a local.</summary>
    public static bool IsClosed(IOperation held) => held switch
    {
        IFieldReferenceOperation { Field.DeclaredAccessibility: Accessibility.Private } => true,
        IPropertyReferenceOperation { Property.DeclaredAccessibility: Accessibility.Private } => true,
        ILocalReferenceOperation => true,
        _ => false,
    };

    /// <summary>Some function releases the lock without having taken it.</summary>
    public static bool IsReleasedElsewhere(IOperation held, params SyntaxNode[] except)
    {
        var name = NameOf(held.Syntax);
        var declarations = held is IMemberReferenceOperation { Member.ContainingType: { } type }
            ? type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax())
            : [held.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>(node => node is not GlobalStatementSyntax) as SyntaxNode ?? held.Syntax.SyntaxTree.GetRoot()];
        return declarations.SelectMany(declaration => declaration.DescendantNodes()).OfType<InvocationExpressionSyntax>()
            .Where(call => MethodOf(call) is "Exit" or "Release" or "ReleaseMutex" or "ExitReadLock" or "ExitWriteLock" or "ExitUpgradeableReadLock"
                or "ReleaseReaderLock" or "ReleaseWriterLock" or "ReleaseLock" && LockOf(call) == name)
            .Select(FunctionOf)
            .Where(function => !except.Contains(function))
            .Distinct()
            .Any(function => !TakenIn(function).Any() && !OuterFunctions(function).Any(outer => !except.Contains(outer) && TakenIn(outer).Any(call => call.SpanStart < function.SpanStart)));

        IEnumerable<SyntaxNode> TakenIn(SyntaxNode function) =>
            function.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => IsTake(MethodOf(call)) && LockOf(call) == name);
    }

    // A lambda may release what the function around it took for it.
    private static IEnumerable<SyntaxNode> OuterFunctions(SyntaxNode function)
    {
        while (function is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax && function.Parent is { } parent)
        {
            yield return function = FunctionOf(parent);
        }
    }

    private static bool IsTake(string? method) =>
        method is "Wait" or "WaitAsync" or "WaitOne" or "Enter" or "TryEnter" or "AcquireReaderLock" or "AcquireWriterLock"
        || method is not null && (method.StartsWith("Enter", StringComparison.Ordinal) || method.StartsWith("TryEnter", StringComparison.Ordinal)) && method.EndsWith("Lock", StringComparison.Ordinal);

    private static SyntaxNode FunctionOf(SyntaxNode call) =>
        call.AncestorsAndSelf().FirstOrDefault(node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
            or MemberDeclarationSyntax and not (BaseTypeDeclarationSyntax or GlobalStatementSyntax)) ?? call.SyntaxTree.GetRoot();

    private static string? MethodOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        _ => null,
    };

    // Monitor.Exit(gate), gate.Exit(), owner.gate?.Exit()
    private static string? LockOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax { Expression: var target } => NameOf(target) is "Monitor" && call.ArgumentList.Arguments.FirstOrDefault() is { } argument
            ? NameOf(argument.Expression)
            : NameOf(target),
        MemberBindingExpressionSyntax when call.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>() is { } access => NameOf(access.Expression),
        _ => null,
    };

    private static string? NameOf(SyntaxNode expression) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        ElementAccessExpressionSyntax element => NameOf(element.Expression),
        PostfixUnaryExpressionSyntax suppressed => NameOf(suppressed.Operand),
        ParenthesizedExpressionSyntax parenthesized => NameOf(parenthesized.Expression),
        _ => null,
    };
}
