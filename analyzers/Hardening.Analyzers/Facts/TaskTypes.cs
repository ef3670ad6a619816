namespace Hardening.Analyzers.Facts;

/// <summary>The types that start tasks and wait for them.</summary>
internal sealed class TaskTypes(Compilation compilation)
{
    private readonly INamedTypeSymbol? _task = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task");
    private readonly INamedTypeSymbol? _factory = compilation.GetTypeByMetadataName("System.Threading.Tasks.TaskFactory");
    private readonly INamedTypeSymbol? _factoryOfResults = compilation.GetTypeByMetadataName("System.Threading.Tasks.TaskFactory`1");
    private readonly INamedTypeSymbol? _pool = compilation.GetTypeByMetadataName("System.Threading.ThreadPool");

    public bool Any => _task is not null || _pool is not null;

    public bool StartsOnPool(IMethodSymbol method) => method.Name switch
    {
        "Run" => Is(method.ContainingType, _task),
        "StartNew" => Is(method.ContainingType, _factory) || Is(method.ContainingType.OriginalDefinition, _factoryOfResults),
        "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" => Is(method.ContainingType, _pool),
        _ => false,
    };

    private static bool Is(INamedTypeSymbol type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);
}
