using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>Parallel loops and queries: the code that they run at once, and whether someone said how often.</summary>
internal sealed class ParallelDegree(Compilation compilation, CallGraph graph)
{
    // From a variable to its uses, and on: in code that is not finished they can go round in a circle.
    private const int MostSteps = 4;

    private readonly INamedTypeSymbol? _parallel = compilation.GetTypeByMetadataName("System.Threading.Tasks.Parallel");
    private readonly INamedTypeSymbol? _query = compilation.GetTypeByMetadataName("System.Linq.ParallelEnumerable");
    private readonly INamedTypeSymbol? _options = compilation.GetTypeByMetadataName("System.Threading.Tasks.ParallelOptions");

    public bool Any => _parallel is not null || _query is not null;

    /// <summary>The functions that the call runs in parallel, with no degree set; none where it is another call, where a degree is set, or where it runs few.</summary>
    public IEnumerable<IOperation> UnlimitedBodies(IInvocationOperation call, int few) => call.TargetMethod.Name switch
    {
        "For" or "ForEach" or "Invoke" when Is(call.TargetMethod.ContainingType, _parallel) =>
            IsFew(call, few) || OptionsOf(call) is { } options && !LeavesUnlimited(options) ? [] : FunctionsOf(call),
        "AsParallel" when Is(call.TargetMethod.ContainingType, _query) => call.Arguments.Any(argument => FewItems.Are(argument.Value, few)) ? [] : BodiesOfQuery(call),
        _ => [],
    };

    /// <summary>What is given as <c>ParallelOptions</c>.</summary>
    public IOperation? OptionsOf(IInvocationOperation call) => call.Arguments.FirstOrDefault(argument => Is(argument.Parameter?.Type, _options))?.Value.Unwrap();

    /// <summary>Made here, and its degree is nowhere set, or set to -1.</summary>
    public static bool LeavesUnlimited(IOperation options) => options.Unwrap() switch
    {
        IObjectCreationOperation creation =>
            creation.Initializer?.Initializers.FirstOrDefault(SetsDegree) is not ISimpleAssignmentOperation { Value.ConstantValue: var degree } || degree is { HasValue: true, Value: -1 },
        ILocalReferenceOperation { Local: var local } =>
            References.Of(local, options).All(use => use.Parent is not IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation set } || !SetsDegree(set))
            && Initializers.Of(local, options)?.Unwrap() is IObjectCreationOperation initial && LeavesUnlimited(initial),
        IFieldReferenceOperation { Field: { IsReadOnly: true } field } => Initializers.Of(field, options)?.Unwrap() is IObjectCreationOperation initial && LeavesUnlimited(initial),
        _ => false,
    };

    private static bool SetsDegree(IOperation operation) =>
        operation is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "MaxDegreeOfParallelism" } };

    // For(0, 4, …), ForEach over a short list, Invoke of two: the text says how many run at once.
    private static bool IsFew(IInvocationOperation call, int few)
    {
        var arguments = call.Arguments;
        return call.TargetMethod.Name switch
        {
            "For" => Constant(arguments, ordinal: 1) - Constant(arguments, ordinal: 0) <= few,
            "ForEach" => arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0) is { Value: var source } && FewItems.Are(source, few),
            _ => arguments.FirstOrDefault(argument => argument.Parameter?.Name == "actions") is { Value: IArrayCreationOperation { Initializer.ElementValues.Length: var count } } && count <= few,
        };
    }

    private static long? Constant(ImmutableArray<IArgumentOperation> arguments, int ordinal) =>
        arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == ordinal)?.Value.ConstantValue is { HasValue: true, Value: int or long } constant
            ? Convert.ToInt64(constant.Value, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    // What runs once for each thread (localInit, localFinally) is no body.
    private IEnumerable<IOperation> FunctionsOf(IInvocationOperation call) =>
        call.Arguments.Where(argument => argument.Parameter?.Name is "body" or "actions").SelectMany(argument => Functions(argument.Value));

    private IEnumerable<IOperation> Functions(IOperation given)
    {
        if (Bodies.Of(given, graph) is { } function)
        {
            return [function];
        }

        given = given.Unwrap() is ILocalReferenceOperation { Local: var local } && Initializers.Of(local, given) is { } initial ? initial : given;
        return given.Unwrap() is IArrayCreationOperation { Initializer.ElementValues: var actions }
            ? actions.Select(made => Bodies.Of(made, graph)).OfType<IOperation>()
            // A query that makes the actions.
            : given.Descendants().Where(made => made is IDelegateCreationOperation { Type.Name: "Action" }).Select(made => Bodies.Of(made, graph)).OfType<IOperation>();
    }

    // Along the chain of calls from AsParallel on, and through one variable.
    private List<IOperation> BodiesOfQuery(IOperation query)
    {
        var bodies = new List<IOperation>();
        return Follow(query, bodies, MostSteps) ? bodies : [];
    }

    private bool Follow(IOperation query, List<IOperation> bodies, int steps)
    {
        while (true)
        {
            var parent = query.Parent;
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation or ITranslatedQueryOperation:
                    query = parent;
                    break;
                case IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation next } when Is(next.TargetMethod.ContainingType, _query):
                    if (next.TargetMethod.Name == "WithDegreeOfParallelism")
                    {
                        return false;
                    }

                    bodies.AddRange(next.Arguments.Skip(1).Select(argument => Bodies.Of(argument.Value, graph)).OfType<IOperation>());
                    query = next;
                    break;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when steps > 0:
                    return References.Of(local, query).All(use => Follow(use, bodies, steps - 1));
                default:
                    return true;
            }
        }
    }

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);
}
