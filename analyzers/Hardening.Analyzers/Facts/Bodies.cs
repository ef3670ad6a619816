using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>The code that a delegate or a method runs, where it stands in this document.</summary>
internal static class Bodies
{
    /// <summary>Null where the code is elsewhere, or where it is not known which it is.</summary>
    public static IOperation? Of(IOperation function)
    {
        var target = function.Unwrap();
        target = target is IDelegateCreationOperation { Target: var given } ? given : target;
        return target switch
        {
            IAnonymousFunctionOperation lambda => lambda,
            IMethodReferenceOperation { Method: var method } => Of(method, target),
            ILocalReferenceOperation { Local: var local } when Initializers.Of(local, target)?.Unwrap() is IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda } => lambda,
            _ => null,
        };
    }

    public static IOperation? Of(IMethodSymbol method, IOperation use) =>
        use.SemanticModel is { } model
        && method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault(reference => reference.SyntaxTree == model.SyntaxTree)?.GetSyntax() is { } declaration
            ? model.GetOperation(declaration)
            : null;

    /// <summary>What runs when the function is called: not what a further lambda or local function in it would do.</summary>
    public static IEnumerable<IOperation> Operations(IOperation function) => function switch
    {
        IAnonymousFunctionOperation lambda => lambda.Body.DescendantsInFunction(),
        ILocalFunctionOperation { Body: { } body } => body.DescendantsInFunction(),
        _ => function.DescendantsInFunction(),
    };

    public static bool IsAsync(IOperation function) => function switch
    {
        IAnonymousFunctionOperation lambda => lambda.Symbol.IsAsync,
        ILocalFunctionOperation local => local.Symbol.IsAsync,
        IMethodBodyOperation { Syntax: MethodDeclarationSyntax method } => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        _ => false,
    };
}
