using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Facts;

/// <summary>
/// The functions that a camera's library calls with each frame, on the thread that brings the frames. Found where they are registered, in whatever
/// document, by the text first: most compilations have none, and for these this costs one look at the letters.
/// </summary>
internal sealed class FrameCallbacks
{
    private static readonly ConditionalWeakTable<SyntaxTree, int[]> Candidates = new();

    private readonly Lazy<Found> _found;

    public FrameCallbacks(Compilation compilation, CompilationFacts facts) => _found = new(() => Find(compilation, facts.Graph));

    /// <summary>Something of the compilation is called with frames.</summary>
    public bool Any => _found.Value.Any;

    /// <summary>The event, or the method that took the callback, if the function around the operation is one; null where it is not, or where the operation runs after an await.</summary>
    public string? Around(IOperation operation, ISymbol containing) =>
        Any && Raiser(operation.Function(), containing) is { } raiser && !IsAfterAwait(operation) ? raiser : null;

    private string? Raiser(IOperation function, ISymbol containing) => function switch
    {
        // frames.ForEach(frame => …) runs on the same thread.
        IAnonymousFunctionOperation lambda =>
            _found.Value.OfLambda(lambda.Syntax) ?? (RunAtOnce.By(lambda) is { } walk ? Raiser(walk.Function(), containing) : null),
        ILocalFunctionOperation { Symbol: var local } => _found.Value.OfMethod(local),
        _ => containing is IMethodSymbol method ? _found.Value.OfMethod(method) : null,
    };

    // An async handler gives the thread back at its first await.
    private static bool IsAfterAwait(IOperation operation)
    {
        var function = operation.Function();
        foreach (var other in Bodies.IsAsync(function) ? Bodies.Operations(function) : [])
        {
            if (other is IAwaitOperation && other.Syntax.Span.End <= operation.Syntax.SpanStart)
            {
                return true;
            }
        }

        return false;
    }

    private static Found Find(Compilation compilation, CallGraph graph)
    {
        var found = new Found();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var places = Candidates.GetValue(tree, static tree => FrameSources.PlacesIn(tree.GetText().ToString()));
            if (places.Length == 0)
            {
                continue;
            }

            var (root, model) = (tree.GetRoot(), graph.ModelOf(tree));
            foreach (var place in places)
            {
                if (Registration(root.FindToken(place).Parent) is { } node && model.GetOperation(node) is { } operation)
                {
                    found.Add(operation, graph);
                }
            }
        }

        return found;
    }

    // camera.FrameArrived += …; driver.RegisterFrameCallback(…)
    private static SyntaxNode? Registration(SyntaxNode? name)
    {
        for (; name is ExpressionSyntax; name = name.Parent)
        {
            if (name is AssignmentExpressionSyntax or InvocationExpressionSyntax)
            {
                return name;
            }
        }

        return null;
    }

    private sealed class Found
    {
        // From a variable to what it holds, and on: in code that is not finished they can go round in a circle.
        private const int MostSteps = 3;

        private readonly Dictionary<ISymbol, string> _methods = new(SymbolEqualityComparer.Default);
        private readonly Dictionary<(SyntaxTree, TextSpan), string> _lambdas = [];

        public bool Any => _methods.Count > 0 || _lambdas.Count > 0;

        public string? OfLambda(SyntaxNode lambda) => _lambdas.TryGetValue((lambda.SyntaxTree, lambda.Span), out var raiser) ? raiser : null;

        public string? OfMethod(IMethodSymbol method)
        {
            for (var current = method.OriginalDefinition; current is not null; current = current.OverriddenMethod?.OriginalDefinition)
            {
                if (_methods.TryGetValue(current.PartialDefinitionPart ?? current, out var raiser))
                {
                    return raiser;
                }
            }

            return null;
        }

        public void Add(IOperation registration, CallGraph graph)
        {
            foreach (var (handler, raiser) in FrameSources.HandlersOf(registration))
            {
                Add(handler, raiser, graph, MostSteps);
            }
        }

        private void Add(IOperation handler, string raiser, CallGraph graph, int steps)
        {
            var function = handler.Unwrap();
            function = function is IDelegateCreationOperation { Target: var target } ? target.Unwrap() : function;
            switch (function)
            {
                case IAnonymousFunctionOperation lambda:
                    _lambdas[(lambda.Syntax.SyntaxTree, lambda.Syntax.Span)] = raiser;
                    break;
                case IMethodReferenceOperation { Method: var method }:
                    _methods[method.OriginalDefinition.PartialDefinitionPart ?? method.OriginalDefinition] = raiser;
                    break;
                case ILocalReferenceOperation { Local: var local } when steps > 0:
                    AddAll(LocalSources.Of(local, function));
                    break;
                // Native code needs a delegate that somebody keeps.
                case IFieldReferenceOperation { Field: { DeclaredAccessibility: Accessibility.Private } field } when steps > 0:
                    AddAll(MemberUses.InAllParts(field, graph).Select(MemberUses.WrittenBy).Concat(
                        field.DeclaringSyntaxReferences.Select(part => MemberUses.Initial(field, graph.ModelOf(part.SyntaxTree)))).OfType<IOperation>());
                    break;
            }

            void AddAll(IEnumerable<IOperation> values)
            {
                foreach (var value in values)
                {
                    Add(value, raiser, graph, steps - 1);
                }
            }
        }
    }
}
