using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>What calls run: methods of this compilation, in whatever document they are written.</summary>
internal sealed class CallGraph(Compilation compilation)
{
    private static readonly ConditionalWeakTable<Compilation, CallGraph> All = new();

    private readonly Lazy<Hierarchy> _hierarchy = new(() => new Hierarchy(compilation.Assembly));

    public static CallGraph Of(Compilation compilation) => All.GetValue(compilation, static key => new CallGraph(key));

    /// <summary>The method of this compilation that the operation surely runs before it ends; null where there is none or it cannot be told.</summary>
    public IMethodSymbol? TargetOf(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { MethodKind: not MethodKind.DelegateInvoke } called, IsVirtual: var isVirtual } => Source(called.ReducedFrom ?? called, isVirtual),
        IObjectCreationOperation { Constructor: { IsImplicitlyDeclared: false } constructor } => Source(constructor, isVirtual: false),
        IPropertyReferenceOperation { Property: { } property, Instance: var instance } reference when Accessor(property, reference) is { } accessor =>
            Source(accessor, accessor.IsVirtual || accessor.IsAbstract || accessor.IsOverride && instance is not IInstanceReferenceOperation),
        _ => null,
    };

    /// <summary>No type of this compilation implements the method of the interface.</summary>
    public bool IsOnlyDeclared(IMethodSymbol method) => method.IsAbstract && !_hierarchy.Value.HasImplementations(method.ContainingType);

    /// <summary>The body as the compiler understands it; null where there is none, or it runs at another time than the call (async methods, iterators).</summary>
    public IOperation? BodyOf(IMethodSymbol method, CancellationToken cancellation) =>
        SyntaxOf(method, cancellation) is { } syntax && compilation.ContainsSyntaxTree(syntax.SyntaxTree) ? ModelOf(syntax.SyntaxTree).GetOperation(syntax, cancellation) : null;

    /// <summary>The same for a method that also runs later than its call: an async method or an iterator.</summary>
    public IOperation? AnyBodyOf(IMethodSymbol method) =>
        (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax && HasBody(syntax) && compilation.ContainsSyntaxTree(syntax.SyntaxTree)
            ? ModelOf(syntax.SyntaxTree).GetOperation(syntax)
            : null;

    /// <summary>The declaration with the body of a method that runs when it is called.</summary>
    public static SyntaxNode? SyntaxOf(IMethodSymbol method, CancellationToken cancellation)
    {
        method = method.PartialImplementationPart ?? method;
        return !method.IsAsync && method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } syntax && HasBody(syntax) && !IsIterator(method, syntax)
            ? syntax
            : null;
    }

    // In a build and in an editor the compilation hands out the models that the analysis works with; nothing is bound twice for this.
#pragma warning disable RS1030 // A call leads to another document; see docs/decisions/0005.
    public SemanticModel ModelOf(SyntaxTree tree) => compilation.GetSemanticModel(tree);
#pragma warning restore RS1030

    private IMethodSymbol? Source(IMethodSymbol method, bool isVirtual)
    {
        method = method.OriginalDefinition;
        return !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly) ? null
            : isVirtual && !method.ContainingType.IsSealed && !method.IsSealed ? _hierarchy.Value.Only(method)
            : method.IsAbstract ? null
            : method;
    }

    private static IMethodSymbol? Accessor(IPropertySymbol property, IPropertyReferenceOperation reference) =>
        reference.Parent is ISimpleAssignmentOperation { Target: var target } && target == reference ? property.SetMethod : property.GetMethod;

    private static bool HasBody(SyntaxNode syntax) => syntax switch
    {
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        LocalFunctionStatementSyntax local => local.Body is not null || local.ExpressionBody is not null,
        ArrowExpressionClauseSyntax => true,
        _ => false,
    };

    private static bool IsIterator(IMethodSymbol method, SyntaxNode syntax) =>
        method.ReturnType is INamedTypeSymbol { Name: "IEnumerable" or "IEnumerator" or "IAsyncEnumerable" or "IAsyncEnumerator" }
        && syntax.DescendantNodes(node => node == syntax || node is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)).Any(node => node is YieldStatementSyntax);
}
