namespace Hardening.Analyzers.Facts;

/// <summary>The types and methods by which <see cref="Roots"/> tells what runs per item.</summary>
internal sealed class RootTypes(Compilation compilation)
{
    private readonly ImmutableArray<INamedTypeSymbol> _handlers = Find(
        compilation, "Microsoft.AspNetCore.Mvc.ControllerBase", "Microsoft.AspNetCore.Mvc.RazorPages.PageModel", "Microsoft.AspNetCore.SignalR.Hub",
        "System.Web.Mvc.Controller", "System.Web.Http.ApiController");

    private readonly ImmutableArray<INamedTypeSymbol> _contexts = Find(compilation, "Microsoft.AspNetCore.Http.HttpContext", "System.Web.HttpContext", "Grpc.Core.ServerCallContext");
    private readonly ImmutableArray<INamedTypeSymbol> _timerCallbacks = Find(compilation, "System.Threading.TimerCallback", "System.Timers.ElapsedEventHandler");
    private readonly ImmutableArray<INamedTypeSymbol> _walks = Find(
        compilation, "System.Collections.Generic.List`1", "System.Array", "System.Linq.Enumerable", "System.Linq.ParallelEnumerable", "System.Collections.Immutable.ImmutableList`1");

    private readonly ImmutableArray<INamedTypeSymbol> _starters = Find(compilation, "System.Threading.Tasks.Task", "System.Threading.Tasks.TaskFactory", "System.Threading.ThreadPool");
    private readonly INamedTypeSymbol? _requestDelegate = compilation.GetTypeByMetadataName("Microsoft.AspNetCore.Http.RequestDelegate");
    private readonly INamedTypeSymbol? _endpoints = compilation.GetTypeByMetadataName("Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions");
    private readonly INamedTypeSymbol? _parallel = compilation.GetTypeByMetadataName("System.Threading.Tasks.Parallel");
    private readonly INamedTypeSymbol? _thread = compilation.GetTypeByMetadataName("System.Threading.Thread");
    private readonly INamedTypeSymbol? _asyncCallback = compilation.GetTypeByMetadataName("System.AsyncCallback");
    private readonly Lazy<bool> _haveRequests = new(() =>
        compilation.SyntaxTrees.Any(tree => Mentions.Any("AspNetCore", tree) || Mentions.Any("System.Web", tree) || Mentions.Any("ServerCallContext", tree)));

    private readonly INamedTypeSymbol? _observable = compilation.GetTypeByMetadataName("System.IObservable`1");

    /// <summary>Something of the compilation can answer a request. A library may be referenced and not used: then no document has its name.</summary>
    public bool HaveRequests => _haveRequests.Value;

    /// <summary>A controller action, page handler, hub method, gRPC method, middleware or HTTP handler.</summary>
    public bool IsRequestHandler(IMethodSymbol method) =>
        method is { DeclaredAccessibility: Accessibility.Public, IsStatic: false, MethodKind: MethodKind.Ordinary }
        && (DerivesFromAny(method.ContainingType, _handlers)
            || method.Parameters.Any(parameter => IsHttpContext(parameter) && (method.Name is "Invoke" or "InvokeAsync" or "ProcessRequest" || parameter.Type.Name == "ServerCallContext")));

    public bool IsHttpContext(IParameterSymbol parameter) => _contexts.Contains(parameter.Type, SymbolEqualityComparer.Default);

    public bool IsRequestDelegate(ITypeSymbol? type) => Is(type, _requestDelegate);

    public bool IsTimerCallback(ITypeSymbol? type) => type is not null && _timerCallbacks.Contains(type, SymbolEqualityComparer.Default);

    /// <summary>The callback of a Begin method: BeginAccept, BeginGetContext.</summary>
    public bool IsAsyncCallback(ITypeSymbol? type) => Is(type, _asyncCallback);

    public bool IsThread(ITypeSymbol? type) => Is(type, _thread);

    /// <summary>MapGet and the like.</summary>
    public bool IsEndpointMap(IMethodSymbol method) => Is(method.ContainingType, _endpoints);

    public bool IsParallelLoop(IMethodSymbol method) => Is(method.ContainingType, _parallel) && method.Name.StartsWith("For", StringComparison.Ordinal);

    /// <summary>Calls a function for each element: ForEach, Select.</summary>
    public bool IsWalk(IMethodSymbol method) =>
        method.Name is "ForEach" or "ForAll" or "Select" or "SelectMany" && _walks.Contains(method.ContainingType.OriginalDefinition, SymbolEqualityComparer.Default);

    /// <summary>Runs a function once, for the caller.</summary>
    public bool StartsWork(IMethodSymbol method) =>
        method.Name is "Run" or "StartNew" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" && _starters.Contains(method.ContainingType, SymbolEqualityComparer.Default);

    public bool IsObservable(ITypeSymbol? type) =>
        type is not null && (Is(type.OriginalDefinition, _observable) || type.AllInterfaces.Any(implemented => Is(implemented.OriginalDefinition, _observable)));

    private static ImmutableArray<INamedTypeSymbol> Find(Compilation compilation, params string[] names) =>
        names.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>().ToImmutableArray();

    private static bool DerivesFromAny(INamedTypeSymbol type, ImmutableArray<INamedTypeSymbol> bases)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (bases.Contains(current, SymbolEqualityComparer.Default))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);
}
