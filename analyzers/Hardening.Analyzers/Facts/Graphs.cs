using Microsoft.CodeAnalysis.FlowAnalysis;

namespace Hardening.Analyzers.Facts;

/// <summary>The flow of control of the function that an operation is part of.</summary>
internal static class Graphs
{
    /// <summary>Null for code that has none: attributes, and bodies that do not compile.</summary>
    public static ControlFlowGraph? Of(IOperation function)
    {
        var graph = function.Root() switch
        {
            IMethodBodyOperation method => ControlFlowGraph.Create(method),
            IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
            IBlockOperation block => ControlFlowGraph.Create(block),
            IFieldInitializerOperation field => ControlFlowGraph.Create(field),
            IPropertyInitializerOperation property => ControlFlowGraph.Create(property),
            IParameterInitializerOperation parameter => ControlFlowGraph.Create(parameter),
            _ => null,
        };
        return graph is null ? null : Of(function, graph);
    }

    /// <summary>The graph of the lambda, local function or whole body within the graph of the member.</summary>
    public static ControlFlowGraph? Of(IOperation function, ControlFlowGraph graph)
    {
        if (graph.OriginalOperation.Syntax == function.Syntax)
        {
            return graph;
        }

        var nested = graph.LocalFunctions.Select(local => graph.GetLocalFunctionControlFlowGraph(local)).Concat(
            graph.Blocks.SelectMany(block => block.BranchValue is { } last ? block.Operations.Add(last) : block.Operations)
                .SelectMany(operation => operation.DescendantsAndSelf()).OfType<IFlowAnonymousFunctionOperation>()
                .Select(lambda => graph.GetAnonymousFunctionControlFlowGraph(lambda)));
        return nested.Select(inner => Of(function, inner)).FirstOrDefault(found => found is not null);
    }

    /// <summary>The operations of the block in the order in which they are evaluated.</summary>
    public static IEnumerable<IOperation> OperandsFirst(this BasicBlock block) =>
        (block.BranchValue is { } last ? block.Operations.Add(last) : block.Operations).SelectMany(OperandsFirst);

    private static IEnumerable<IOperation> OperandsFirst(IOperation operation) => operation.ChildOperations.SelectMany(OperandsFirst).Append(operation);
}
