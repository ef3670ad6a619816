using Microsoft.CodeAnalysis.FlowAnalysis;

namespace Hardening.Analyzers.Facts;

internal static class FlowGraphs
{
    /// <summary>The graph of this function: of the whole body, or of a lambda or local function somewhere in it.</summary>
    public static ControlFlowGraph? Of(ControlFlowGraph graph, SyntaxNode function)
    {
        if (graph.OriginalOperation.Syntax == function)
        {
            return graph;
        }

        var nested = graph.LocalFunctions.Select(local => graph.GetLocalFunctionControlFlowGraph(local)).Concat(
            graph.Blocks.SelectMany(block => block.BranchValue is { } last ? block.Operations.Add(last) : block.Operations)
                .SelectMany(operation => operation.DescendantsAndSelf()).OfType<IFlowAnonymousFunctionOperation>()
                .Select(lambda => graph.GetAnonymousFunctionControlFlowGraph(lambda)));
        return nested.Where(inner => inner.OriginalOperation.Syntax.Span.Contains(function.Span))
            .Select(inner => Of(inner, function)).FirstOrDefault(found => found is not null);
    }

    /// <summary>In the order of evaluation: operands first.</summary>
    public static IEnumerable<IOperation> OperandsFirst(this BasicBlock block) =>
        (block.BranchValue is { } last ? block.Operations.Add(last) : block.Operations).SelectMany(OperandsFirst);

    private static IEnumerable<IOperation> OperandsFirst(IOperation operation) => operation.ChildOperations.SelectMany(OperandsFirst).Append(operation);
}
