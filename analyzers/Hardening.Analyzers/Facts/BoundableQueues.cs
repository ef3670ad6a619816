namespace Hardening.Analyzers.Facts;

/// <summary>Types whose constructor takes a capacity, or leaves it out.</summary>
internal sealed class BoundableQueues(Compilation compilation)
{
    private const string Dataflow = "System.Threading.Tasks.Dataflow.";

    private readonly INamedTypeSymbol? _blockingCollection = compilation.GetTypeByMetadataName("System.Collections.Concurrent.BlockingCollection`1");
    private readonly INamedTypeSymbol? _options = compilation.GetTypeByMetadataName(Dataflow + "DataflowBlockOptions");

    // Not BroadcastBlock and WriteOnceBlock, which hold one item.
    private readonly ImmutableArray<INamedTypeSymbol> _blocks =
        new[] { "ActionBlock`1", "BatchBlock`1", "BufferBlock`1", "JoinBlock`2", "JoinBlock`3", "TransformBlock`2", "TransformManyBlock`2" }
            .Select(name => compilation.GetTypeByMetadataName(Dataflow + name)).OfType<INamedTypeSymbol>().ToImmutableArray();

    public bool Any => _blockingCollection is not null || !_blocks.IsEmpty;

    public bool IsUnbounded(IObjectCreationOperation creation)
    {
        var type = creation.Type?.OriginalDefinition;
        return SymbolEqualityComparer.Default.Equals(type, _blockingCollection)
            ? creation.Constructor?.Parameters.All(parameter => parameter.Type.SpecialType != SpecialType.System_Int32) == true
            : _blocks.Contains(type, SymbolEqualityComparer.Default)
                && creation.Constructor is not null
                && (creation.Arguments.FirstOrDefault(argument => IsOptions(argument.Parameter?.Type)) is not { } options || LeavesUnbounded(options.Value.Unwrap()));
    }

    private bool IsOptions(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type, _options))
            {
                return true;
            }
        }

        return false;
    }

    private static bool LeavesUnbounded(IOperation options) => options switch
    {
        IObjectCreationOperation creation =>
            creation.Initializer?.Initializers.FirstOrDefault(SetsCapacity) is not ISimpleAssignmentOperation { Value: var capacity } || IsUnlimited(capacity),
        ILocalReferenceOperation { Local: var local } =>
            References.Of(local, options).All(use => use.Parent is not IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation set } || !SetsCapacity(set))
            && Initializers.Of(local, options)?.Unwrap() is IObjectCreationOperation initial && LeavesUnbounded(initial),
        _ => false,
    };

    private static bool SetsCapacity(IOperation operation) =>
        operation is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "BoundedCapacity" } };

    // DataflowBlockOptions.Unbounded is -1.
    private static bool IsUnlimited(IOperation capacity) => capacity.ConstantValue is { HasValue: true, Value: -1 };
}
