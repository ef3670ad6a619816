using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Locks;

/// <summary>What is locked, where it can be told from all else: the object itself, its type, or a constant string.</summary>
/// <param name="Kind">Which of these.</param>
/// <param name="What">The type's documentation id, or the string.</param>
internal sealed record LockTarget(LockTargetKind Kind, string What)
{
    /// <summary>Null for any other value, and for a string that is not constant.</summary>
    public static LockTarget? Of(IOperation value) => LockFacts.Unwrap(value) switch
    {
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance, Type: { } type } => new(LockTargetKind.Instance, IdOf(type)),
        // C<int> or C<> in a C<T> is another type, or, as T may be int, the same.
        ITypeOfOperation { TypeOperand: INamedTypeSymbol type } when SymbolEqualityComparer.Default.Equals(type, type.OriginalDefinition) => new(LockTargetKind.Type, IdOf(type)),
        // Only of a sealed class is this surely the same object as its typeof.
        IInvocationOperation { TargetMethod.Name: "GetType", Instance: IInstanceReferenceOperation { Type: { IsSealed: true } type } } => new(LockTargetKind.Type, IdOf(type)),
        { ConstantValue: { HasValue: true, Value: string text } } => new(LockTargetKind.Text, text),
        _ => null,
    };

    // Equal in every project, where the symbols are not; null only for what no source can declare.
    public static string IdOf(ITypeSymbol type) => type.OriginalDefinition.GetDocumentationCommentId() ?? type.ToDisplayString();
}

internal enum LockTargetKind
{
    Instance,
    Type,
    Text,
}

/// <summary>All locks of one type on one object are to move to a gate of their own. It stays true while the solution changes.</summary>
/// <param name="Project">Where the type is declared.</param>
/// <param name="Type">The documentation id of the type that is to have the gate.</param>
/// <param name="Target">The object that is locked until then.</param>
internal sealed record GateMove(ProjectId Project, string Type, LockTarget Target)
{
    /// <summary>The move that the lock at this place asks for, if there is one.</summary>
    public static async Task<GateMove?> OfAsync(Document document, TextSpan span, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null
            || LockSite.Around(root.FindNode(span, getInnermostNodeForTie: true), model, cancellation) is not { Target: { } target } site)
        {
            return null;
        }

        // A nested type may lock on the typeof of the type around it.
        var owner = site.Expression.Ancestors().OfType<TypeDeclarationSyntax>()
            .Select(declaration => model.GetDeclaredSymbol(declaration, cancellation))
            .FirstOrDefault(type => type is not null && (target.Kind == LockTargetKind.Text || LockTarget.IdOf(type) == target.What));
        return owner is null ? null : new GateMove(document.Project.Id, LockTarget.IdOf(owner), target);
    }
}

/// <summary>A place that locks, or uses a lock through <c>Monitor</c>.</summary>
/// <param name="Expression">What is locked, as written.</param>
/// <param name="StaticType">Its type as the compiler knows it.</param>
/// <param name="Enclosing">The type whose code this is.</param>
/// <param name="Target">What is locked, where that can be told.</param>
/// <param name="CanBeAnything">The type does not tell what is locked: an <c>object</c> that was passed in, a type parameter, a <c>dynamic</c>.</param>
/// <param name="NeedsObject">A call of <c>Monitor</c>, or a <c>lock</c> with a <c>yield</c> inside: <c>System.Threading.Lock</c> allows neither.</param>
internal sealed record LockSite(ExpressionSyntax Expression, ITypeSymbol? StaticType, INamedTypeSymbol? Enclosing, LockTarget? Target, bool CanBeAnything, bool NeedsObject)
{
    public static IEnumerable<LockSite> AllIn(SyntaxNode root, SemanticModel model, CancellationToken cancellation) =>
        from node in root.DescendantNodes()
        where node is LockStatementSyntax || (node is InvocationExpressionSyntax call && IsNamedAsInMonitor(call))
        let site = Of(node, model, cancellation)
        where site is not null
        select site;

    public static LockSite? Around(SyntaxNode expression, SemanticModel model, CancellationToken cancellation) =>
        expression.AncestorsAndSelf()
            .TakeWhile(node => node is ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax or LockStatementSyntax)
            .Select(node => Of(node, model, cancellation))
            .FirstOrDefault(site => site is not null);

    private static LockSite? Of(SyntaxNode node, SemanticModel model, CancellationToken cancellation)
    {
        if (node is not (LockStatementSyntax or InvocationExpressionSyntax)
            || model.GetOperation(node, cancellation) is not { } operation
            || new LockFacts(model.Compilation).UsedBy(operation) is not { } locked)
        {
            return null;
        }

        // The operation of a cast or of an argument is that of its operand; what is replaced is the whole of it.
        var expression = node is LockStatementSyntax statement
            ? statement.Expression
            : locked.Syntax.AncestorsAndSelf().OfType<ArgumentSyntax>().First().Expression;
        var needsObject = node is InvocationExpressionSyntax
            || ((LockStatementSyntax)node).Statement.DescendantNodesAndSelf().Any(inner => inner is YieldStatementSyntax);
        var enclosing = model.GetEnclosingSymbol(node.SpanStart, cancellation);
        var value = LockFacts.Unwrap(locked);
        var canBeAnything = value is { Type: ITypeParameterSymbol or IDynamicTypeSymbol } or IParameterReferenceOperation { Type.SpecialType: SpecialType.System_Object };
        return new LockSite(expression, value.Type, enclosing as INamedTypeSymbol ?? enclosing?.ContainingType, LockTarget.Of(value), canBeAnything, needsObject);
    }

    private static bool IsNamedAsInMonitor(InvocationExpressionSyntax call)
    {
        var name = call.Expression is MemberAccessExpressionSyntax member ? member.Name : call.Expression as SimpleNameSyntax;
        return name?.Identifier.ValueText is "Enter" or "TryEnter" or "Exit" or "Wait" or "Pulse" or "PulseAll" or "IsEntered";
    }
}
