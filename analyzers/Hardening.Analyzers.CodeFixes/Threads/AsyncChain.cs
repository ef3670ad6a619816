using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>
/// The functions that become async so that an expression can be awaited: the one around it, and all that call it.
/// Only private functions whose every use is a call in this document, and that can be awaited there.
/// </summary>
internal sealed class AsyncChain(SemanticModel model, CancellationToken cancellationToken)
{
    private readonly HashSet<SyntaxNode> _functions = [];
    private readonly HashSet<SyntaxNode> _calls = [];

    /// <summary>The functions that become async, or return a task.</summary>
    public IReadOnlyCollection<SyntaxNode> Functions => _functions;

    public static string NameOf(SyntaxNode function) => function switch
    {
        LocalFunctionStatementSyntax local => local.Identifier.ValueText,
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        _ => "it",
    };

    /// <summary>False when the expression cannot be awaited where it stands.</summary>
    public bool TryAwait(SyntaxNode expression)
    {
        if (!Awaits.IsAllowedAt(expression, model))
        {
            return false;
        }

        var function = Awaits.FunctionAround(expression);
        return Awaits.IsAsync(function) || Awaits.IsTopLevel(expression) || function is not null && TryConvert(function);
    }

    /// <summary>False when not every use of the function can await it.</summary>
    public bool TryConvert(SyntaxNode function)
    {
        if (_functions.Contains(function))
        {
            return true;
        }

        if (model.GetDeclaredSymbol(function, cancellationToken) is not IMethodSymbol method || !IsConvertible(function, method))
        {
            return false;
        }

        _functions.Add(function);
        var hasCallers = false;
        foreach (var name in Root.DescendantNodes().OfType<SimpleNameSyntax>().Where(name => name.Identifier.ValueText == method.Name))
        {
            if (!Means(name, method))
            {
                continue;
            }

            SyntaxNode called = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
            if (called.Parent is not InvocationExpressionSyntax call || call.Expression != called || !TryAwait(call))
            {
                return false;
            }

            _calls.Add(call);
            hasCallers = true;
        }

        // Nobody in sight calls it: a framework does, by name, and may not know tasks.
        return hasCallers || Facts.Functions.IsProgram(method);
    }

    /// <summary>The document with the functions converted, their calls awaited, and one expression replaced.</summary>
    /// <param name="replaced">The expression; null when there is none.</param>
    /// <param name="by">Gives what stands in its place, from what it has become.</param>
    public SyntaxNode Apply(SyntaxNode? replaced, Func<SyntaxNode, SyntaxNode>? by)
    {
        var nodes = _functions.Concat(_calls).Concat(replaced is null ? [] : [replaced]).Distinct();
        return Root.ReplaceNodes(nodes, (original, changed) =>
            original == replaced ? Awaited(original, by!(changed))
            : _calls.Contains(original) ? Awaits.Await((ExpressionSyntax)changed, original)
            : Convert(changed));

        SyntaxNode Awaited(SyntaxNode original, SyntaxNode changed) => _calls.Contains(original) ? Awaits.Await((ExpressionSyntax)changed, original) : changed;
    }

    private SyntaxNode Root => model.SyntaxTree.GetRoot(cancellationToken);

    private bool Means(SimpleNameSyntax name, IMethodSymbol method)
    {
        var info = model.GetSymbolInfo(name, cancellationToken);
        return (info.Symbol is { } symbol ? [symbol] : info.CandidateSymbols).Any(found => SymbolEqualityComparer.Default.Equals(found.OriginalDefinition, method.OriginalDefinition));
    }

    private bool IsConvertible(SyntaxNode function, IMethodSymbol method) =>
        method is { RefKind: RefKind.None, IsVirtual: false, IsOverride: false, IsExtern: false, IsPartialDefinition: false, PartialImplementationPart: null, PartialDefinitionPart: null }
        && (method.IsAsync ? method.ReturnsVoid : !Facts.Functions.IsTask(method.ReturnType))
        && method.Parameters.All(parameter => parameter.RefKind == RefKind.None && !parameter.Type.IsRefLikeType && parameter.Type is not IPointerTypeSymbol)
        && method.ReturnType is { IsRefLikeType: false } and not IPointerTypeSymbol
        && function switch
        {
            LocalFunctionStatementSyntax { Body: var body } => !IsIterator(body),
            MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null, AttributeLists.Count: 0, Body: var body } =>
                (method.DeclaredAccessibility == Accessibility.Private || Facts.Functions.IsProgram(method))
                && !method.ContainingType.IsValueType
                && OutermostOf(method).DeclaringSyntaxReferences.All(declared => declared.SyntaxTree == model.SyntaxTree)
                && !IsIterator(body),
            _ => false,
        };

    private static INamedTypeSymbol OutermostOf(IMethodSymbol method)
    {
        var type = method.ContainingType;
        while (type.ContainingType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private static bool IsIterator(BlockSyntax? body) => body?.DescendantNodes(node => node is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)).Any(node => node is YieldStatementSyntax) == true;

    private static SyntaxNode Convert(SyntaxNode function)
    {
        switch (function)
        {
            case LocalFunctionStatementSyntax local:
                var (modifiers, type) = Convert(local.Modifiers, local.ReturnType);
                return local.WithModifiers(modifiers).WithReturnType(type);
            case MethodDeclarationSyntax method:
                var (ofMethod, returned) = Convert(method.Modifiers, method.ReturnType);
                return method.WithModifiers(ofMethod).WithReturnType(returned);
            default:
                return function;
        }
    }

    private static (SyntaxTokenList Modifiers, TypeSyntax Type) Convert(SyntaxTokenList modifiers, TypeSyntax type)
    {
        var isVoid = type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var task = SyntaxFactory.ParseTypeName("global::System.Threading.Tasks.Task" + (isVoid ? "" : $"<{type.WithoutTrivia()}>"))
            .WithTriviaFrom(type).WithAdditionalAnnotations(Simplifier.Annotation);
        if (modifiers.Any(SyntaxKind.AsyncKeyword))
        {
            return (modifiers, task);
        }

        var async = SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return modifiers.Count > 0
            ? (modifiers.Add(async), task)
            : (SyntaxFactory.TokenList(async.WithLeadingTrivia(type.GetLeadingTrivia())), task.WithLeadingTrivia());
    }
}
