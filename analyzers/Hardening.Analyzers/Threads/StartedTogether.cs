using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Threads;

/// <summary>Tasks that are waited for together, as the code before made them: a function per element, or a call in a loop.</summary>
internal sealed class StartedTogether
{
    // From a variable to its value, and on: in code that is not finished they can go round in a circle.
    private const int MostSteps = 4;

    private StartedTogether(IOperation? items, ILoopOperation? loop, IOperation task) => (Items, Loop, Task) = (items, loop, task);

    /// <summary>What is walked, where a query does so.</summary>
    public IOperation? Items { get; }

    public ILoopOperation? Loop { get; }

    /// <summary>The function that gives the task of an element; in a loop, the task.</summary>
    public IOperation Task { get; }

    public static StartedTogether? Of(IOperation tasks) => Of(tasks, MostSteps);

    private static StartedTogether? Of(IOperation tasks, int steps)
    {
        tasks = tasks.Unwrap();
        if (steps == 0)
        {
            return null;
        }

        if (tasks.Syntax is CollectionExpressionSyntax { Elements: { Count: 1 } elements } && elements[0] is SpreadElementSyntax spread && tasks.SemanticModel?.GetOperation(spread.Expression) is { } spreadTasks)
        {
            return Of(spreadTasks, steps - 1);
        }

        switch (tasks)
        {
            case ITranslatedQueryOperation query:
                return Of(query.Operation, steps);
            case IInvocationOperation { TargetMethod: { Name: "Select", ContainingType.Name: "Enumerable" }, Arguments: { Length: 2 } select }:
                return new StartedTogether(select[0].Value.Unwrap(), loop: null, select[1].Value);
            case IInvocationOperation { TargetMethod: { Name: "ToArray" or "ToList" or "AsEnumerable" or "Cast" or "OfType", ContainingType.Name: "Enumerable" }, Arguments: { Length: 1 } only }:
                return Of(only[0].Value, steps - 1);
            case ILocalReferenceOperation { Local: var local }:
                return Initializers.Of(local, tasks) is { } initial && Of(initial, steps - 1) is { } made ? made : Filled(local, tasks, steps);
            default:
                return null;
        }
    }

    // tasks.Add(…) in a loop; tasks[i] = …; tasks.AddRange(…)
    private static StartedTogether? Filled(ILocalSymbol list, IOperation use, int steps)
    {
        foreach (var reference in References.Of(list, use))
        {
            switch (reference.Parent)
            {
                case IInvocationOperation { TargetMethod.Name: "Add", Arguments: { Length: 1 } added } add when LoopOf(add) is { } loop:
                    return new StartedTogether(items: null, loop, added[0].Value);
                case IArrayElementReferenceOperation { Parent: ISimpleAssignmentOperation { Value: var value } assignment } element when assignment.Target == element && LoopOf(assignment) is { } loop:
                    return new StartedTogether(items: null, loop, value);
                case IInvocationOperation { TargetMethod.Name: "AddRange", Arguments: { Length: 1 } added }:
                    return Of(added[0].Value, steps - 1);
            }
        }

        return null;
    }

    private static ILoopOperation? LoopOf(IOperation operation)
    {
        var parent = operation.Parent;
        while (parent is not (null or ILoopOperation or IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            parent = parent.Parent;
        }

        return parent as ILoopOperation;
    }
}
