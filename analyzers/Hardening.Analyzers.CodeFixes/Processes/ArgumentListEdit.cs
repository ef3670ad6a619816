using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Puts a list of arguments in the place of their text.</summary>
internal static class ArgumentListEdit
{
    /// <summary>Null where the text may be read or changed elsewhere, or where the target has no such list.</summary>
    public static SyntaxNode? Make(CommandLinePlace place, ExpressionSyntax text, IReadOnlyList<string> arguments, SemanticModel model, SyntaxNode root)
    {
        if (!IsAlone(place))
        {
            return null;
        }

        return place.Operation switch
        {
            ICompoundAssignmentOperation => null,
            IAssignmentOperation { Syntax: AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment } => root.ReplaceNode(assignment, Initialized(assignment, arguments)),
            IAssignmentOperation { Syntax: AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax { Parent: BlockSyntax or GlobalStatementSyntax } statement } assignment } =>
                IsFresh(place) ? Added(statement, assignment, arguments, root) : null,
            IInvocationOperation { TargetMethod: var start } => TakesList(start) ? Listed(place, text, arguments, model, root) : null,
            IObjectCreationOperation { Constructor: { } constructor } creation =>
                TakesList(constructor) ? Listed(place, text, arguments, model, root) : text == place.Value.Syntax ? WithInitializer(creation, text, arguments, root) : null,
            _ => null,
        };
    }

    // Start(string, IEnumerable<string>) and its like.
    private static bool TakesList(IMethodSymbol method) =>
        method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Any(other =>
            other.IsStatic == method.IsStatic && other.Parameters.Length == 2 && other.Parameters[1] is { Name: "arguments", Type: INamedTypeSymbol { IsGenericType: true } });

    private static SyntaxNode Listed(CommandLinePlace place, ExpressionSyntax text, IReadOnlyList<string> arguments, SemanticModel model, SyntaxNode root)
    {
        var elements = string.Join(", ", arguments);
        var hasLists = ((CSharpParseOptions)root.SyntaxTree.Options).LanguageVersion >= LanguageVersion.CSharp12;
        var isLocal = text != place.Value.Syntax;
        var list = SyntaxFactory.ParseExpression(hasLists ? $"[{elements}]" : $"new[] {{ {elements} }}").WithTriviaFrom(text);
        if (!isLocal)
        {
            return root.ReplaceNode(text, list);
        }

        var declaration = text.FirstAncestorOrSelf<VariableDeclarationSyntax>()!;
        return root.ReplaceNode(declaration, declaration.ReplaceNode(text, list).WithType(SyntaxFactory.ParseTypeName("string[]").WithTriviaFrom(declaration.Type)));
    }

    private static AssignmentExpressionSyntax Initialized(AssignmentExpressionSyntax assignment, IReadOnlyList<string> arguments) =>
        assignment.WithLeft(SyntaxFactory.IdentifierName("ArgumentList").WithTriviaFrom(assignment.Left)).WithRight(List(arguments).Right.WithTriviaFrom(assignment.Right));

    // ArgumentList = { … }
    private static AssignmentExpressionSyntax List(IReadOnlyList<string> arguments)
    {
        var creation = (ObjectCreationExpressionSyntax)SyntaxFactory.ParseExpression($"new X {{ ArgumentList = {{ {string.Join(", ", arguments)} }} }}");
        return (AssignmentExpressionSyntax)creation.Initializer!.Expressions[0];
    }

    private static SyntaxNode Added(StatementSyntax statement, AssignmentExpressionSyntax assignment, IReadOnlyList<string> arguments, SyntaxNode root)
    {
        var info = ((MemberAccessExpressionSyntax)assignment.Left).Expression.WithoutTrivia();
        return Scopes.Replace(root, statement, arguments.Select(argument => SyntaxFactory.ParseStatement($"{info}.ArgumentList.Add({argument});")));
    }

    private static SyntaxNode? WithInitializer(IObjectCreationOperation creation, ExpressionSyntax text, IReadOnlyList<string> arguments, SyntaxNode root)
    {
        if (creation.Syntax is not BaseObjectCreationExpressionSyntax { ArgumentList: { } given, Initializer: null } syntax)
        {
            return null;
        }

        var initializer = ((ObjectCreationExpressionSyntax)SyntaxFactory.ParseExpression("new X { Y }")).Initializer!;
        initializer = initializer.WithExpressions(SyntaxFactory.SingletonSeparatedList<ExpressionSyntax>(List(arguments))).WithTrailingTrivia(given.GetTrailingTrivia());
        var rest = given.RemoveNode(text.FirstAncestorOrSelf<ArgumentSyntax>()!, SyntaxRemoveOptions.KeepNoTrivia)!.WithTrailingTrivia(SyntaxFactory.Space);
        return root.ReplaceNode(syntax, syntax switch
        {
            ObjectCreationExpressionSyntax named => named.WithArgumentList(rest).WithInitializer(initializer),
            ImplicitObjectCreationExpressionSyntax target => target.WithArgumentList(rest).WithInitializer(initializer),
            _ => syntax,
        });
    }

    // Start refuses a text and a list for one child; and whoever reads the text would find none.
    private static bool IsAlone(CommandLinePlace place)
    {
        var own = (place.Operation as IAssignmentOperation)?.Target;
        var holder = Holder(place.Operation);
        return !place.Operation.Root().Descendants().OfType<IPropertyReferenceOperation>().Any(property =>
                property.Property is { Name: "Arguments" or "ArgumentList", ContainingType.Name: "ProcessStartInfo" }
                && property != own
                && (property.Instance switch
                {
                    ILocalReferenceOperation { Local: var other } => SymbolEqualityComparer.Default.Equals(other, holder),
                    IInstanceReferenceOperation => Initializer(property) == Initializer(place.Operation) && Initializer(property) is not null,
                    _ => holder is null || SymbolEqualityComparer.Default.Equals(Process(property), holder),
                }))
            && (holder is null || References.Of(holder, place.Operation).All(IsOnlyStarted))
            && !(place.Operation is IAssignmentOperation { Parent.Parent: IObjectCreationOperation { Arguments.Length: 2 } });
    }

    // The process of process.StartInfo.
    private static ISymbol? Process(IPropertyReferenceOperation property) =>
        property.Instance is IPropertyReferenceOperation { Instance: ILocalReferenceOperation { Local: var process } } ? process : null;

    private static ISymbol? Holder(IOperation operation)
    {
        for (; operation is not null and not IBlockOperation; operation = operation.Parent!)
        {
            switch (operation)
            {
                case IAssignmentOperation { Target: IPropertyReferenceOperation { Instance: ILocalReferenceOperation { Local: var info } } }:
                    return info;
                case IAssignmentOperation { Target: IPropertyReferenceOperation { Instance: IPropertyReferenceOperation { Instance: ILocalReferenceOperation { Local: var process } } } }:
                    return process;
                case IVariableDeclaratorOperation { Symbol: var declared }:
                    return declared;
            }
        }

        return null;
    }

    private static IOperation? Initializer(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            if (parent is IObjectOrCollectionInitializerOperation)
            {
                return parent;
            }

            operation = parent;
        }

        return null;
    }

    // Other code that gets the settings may read the text.
    private static bool IsOnlyStarted(IOperation reference) =>
        reference.Parent is not IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } } || method is { Name: "Start", ContainingType.Name: "Process" };

    // A list that is filled again would hold both.
    private static bool IsFresh(CommandLinePlace place)
    {
        if (Holder(place.Operation) is not ILocalSymbol local
            || local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator
            || place.Operation.SemanticModel!.GetOperation(value)?.Unwrap() is not IObjectCreationOperation { Arguments.Length: < 2 })
        {
            return false;
        }

        var assignment = place.Operation.Syntax;
        return Repeating(assignment) == Repeating(declarator);
    }

    private static SyntaxNode? Repeating(SyntaxNode node) => node.Ancestors().FirstOrDefault(outer =>
        outer is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax);
}
