using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Locks;

/// <summary>The function that a parallel loop runs for each element.</summary>
internal static class ParallelBody
{
    private const string OneByOne = ", so its threads run one at a time";

    /// <summary>As a message names it: "the body of 'Parallel.ForEach', so …"; null for any other function.</summary>
    public static string? NameOf(IOperation function)
    {
        var value = function;
        while (value.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        // What localInit and localFinally do is done once for each thread.
        return value.Parent is IArgumentOperation { Parameter.Name: var role, Parent: IInvocationOperation { TargetMethod: var method } }
            && method.ContainingType is { ContainingNamespace: { } space } type
            && (type.Name == "Parallel" && role == "body" && space.ToDisplayString() == "System.Threading.Tasks"
                || type.Name == "ParallelEnumerable" && role is "action" or "selector" or "predicate" && space.ToDisplayString() == "System.Linq")
                ? $"the body of '{type.Name}.{method.Name}'{OneByOne}"
                : null;
    }

    /// <summary>The same for a method or local function that is given to a parallel loop in this document.</summary>
    public static string? NameOf(IMethodSymbol method, IOperation inside)
    {
        if (inside.SemanticModel is not { } model || !IsNamed("Parallel") && !IsNamed("ForAll"))
        {
            return null;
        }

        return Mentions.Of(method.Name, model.SyntaxTree)
            .Where(name => name.Parent is ArgumentSyntax || name.Parent?.Parent is ArgumentSyntax)
            .Select(name => model.GetOperation(name) ?? model.GetOperation(name.Parent!))
            .OfType<IMethodReferenceOperation>()
            .Where(reference => SymbolEqualityComparer.Default.Equals(reference.Method.OriginalDefinition, method.OriginalDefinition))
            .Select(NameOf)
            .FirstOrDefault(name => name is not null);

        bool IsNamed(string name) => Mentions.Any(name, model.SyntaxTree);
    }
}
