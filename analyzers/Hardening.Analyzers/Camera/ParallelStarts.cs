using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Where code is given to threads, tasks, parallel loops and queries, and cameras that call back.</summary>
internal sealed class ParallelStarts(Compilation compilation)
{
    private readonly INamedTypeSymbol? _parallel = compilation.GetTypeByMetadataName("System.Threading.Tasks.Parallel");
    private readonly INamedTypeSymbol? _query = compilation.GetTypeByMetadataName("System.Linq.ParallelEnumerable");
    private readonly INamedTypeSymbol? _thread = compilation.GetTypeByMetadataName("System.Threading.Thread");
    private readonly TaskTypes _tasks = new(compilation);

    /// <summary>Null where the operation starts nothing, or somebody waits for it at once.</summary>
    public ParallelStart? Of(IOperation operation) => operation switch
    {
        IInvocationOperation call => OfCall(call),
        IObjectCreationOperation creation when Is(creation.Type, _thread) => Functions(creation.Arguments) is { IsEmpty: false } work ? new ParallelStart("on several threads", work, areAllSeveral: false) : null,
        IEventAssignmentOperation => OfCallback(operation),
        _ => null,
    };

    private ParallelStart? OfCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (Is(method.ContainingType, _parallel))
        {
            return IsOneByOne(call) ? null : new ParallelStart($"in 'Parallel.{method.Name}'", FunctionsOfLoop(call), areAllSeveral: true);
        }

        if (Is(method.ContainingType, _query))
        {
            return call.Arguments.Length < 2 || IsOneByOne(call) ? null : new ParallelStart("in a parallel query", Functions(call.Arguments), areAllSeveral: true);
        }

        return _tasks.StartsOnPool(method) ? IsWaitedFor(call) ? null : new ParallelStart("in several tasks", Functions(call.Arguments), areAllSeveral: false)
            : method.Name.IndexOf("callback", StringComparison.OrdinalIgnoreCase) >= 0 ? OfCallback(call)
            : null;
    }

    private static ParallelStart? OfCallback(IOperation registration)
    {
        foreach (var (handler, _) in FrameSources.HandlersOf(registration))
        {
            return new ParallelStart("in the callbacks of several cameras", ImmutableArray.Create(handler), areAllSeveral: false);
        }

        return null;
    }

    // await Task.Run(…): one after the other. A task that a local keeps, and that is awaited by itself, is no other case.
    private bool IsWaitedFor(IInvocationOperation start)
    {
        IOperation task = start;
        while (task.Parent is IConversionOperation or IParenthesizedOperation || task.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "Unwrap" or "GetAwaiter" or "WaitAsync", Instance: { } instance } && instance == task)
        {
            task = task.Parent;
        }

        return !(task.Parent is ISimpleAssignmentOperation { Target: IMemberReferenceOperation } || IsOneOfAll(task)
            || task.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } && References.Of(local, task).Any(IsOneOfAll)
            || StartedTask.Of(start, _tasks) is not null);
    }

    // await Task.WhenAll(left, right)
    private static bool IsOneOfAll(IOperation task)
    {
        for (var parent = task.Parent; parent is not (null or IBlockOperation or IAnonymousFunctionOperation); parent = parent.Parent)
        {
            if (parent is IInvocationOperation { TargetMethod: { Name: "WhenAll" or "WaitAll", ContainingType.Name: "Task" } })
            {
                return true;
            }
        }

        return false;
    }

    // new ParallelOptions { MaxDegreeOfParallelism = 1 }, WithDegreeOfParallelism(1)
    private static bool IsOneByOne(IInvocationOperation call)
    {
        for (IOperation? source = call; source is IInvocationOperation link; source = link.Arguments.FirstOrDefault()?.Value.Unwrap())
        {
            if (link.TargetMethod.Name == "WithDegreeOfParallelism" && link.Arguments.Any(argument => IsOne(argument.Value)))
            {
                return true;
            }
        }

        return call.Arguments.Any(argument => argument.Value.Unwrap() is IObjectCreationOperation { Type.Name: "ParallelOptions", Initializer: { } options }
            && options.Initializers.Any(set => set is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "MaxDegreeOfParallelism" }, Value: var degree } && IsOne(degree)));
    }

    private static bool IsOne(IOperation value) => value.ConstantValue is { HasValue: true, Value: 1 };

    // What runs once for each thread (localInit, localFinally) is no body.
    private static ImmutableArray<IOperation> FunctionsOfLoop(IInvocationOperation call) => Functions(call.Arguments.Where(argument => argument.Parameter?.Name is "body" or "actions"));

    private static ImmutableArray<IOperation> Functions(IEnumerable<IArgumentOperation> arguments)
    {
        var functions = ImmutableArray.CreateBuilder<IOperation>();
        foreach (var argument in arguments)
        {
            if (argument.Value is IDelegateCreationOperation || argument.Value.Type?.TypeKind == TypeKind.Delegate)
            {
                functions.Add(argument.Value);
            }
            else if (argument.Value is IArrayCreationOperation { Initializer.ElementValues: var actions, Type: IArrayTypeSymbol { ElementType.TypeKind: TypeKind.Delegate } })
            {
                functions.AddRange(actions);
            }
        }

        return functions.ToImmutable();
    }

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);
}
