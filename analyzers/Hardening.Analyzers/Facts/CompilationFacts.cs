using System.Runtime.CompilerServices;

namespace Hardening.Analyzers.Facts;

/// <summary>The facts of one compilation: each is made when a rule first asks for it, and shared by all rules.</summary>
internal sealed class CompilationFacts
{
    private static readonly ConditionalWeakTable<Compilation, CompilationFacts> All = new();

    private readonly Lazy<CallGraph> _graph;
    private readonly Lazy<Callers> _callers;
    private readonly Lazy<LockRegions> _regions;
    private readonly Lazy<LockRegions> _semaphores;
    private readonly Lazy<LockFacts> _locks;
    private readonly Lazy<HeavyWork> _heavy;
    private readonly Lazy<CallSummaries> _summaries;
    private readonly Lazy<Blocking> _blocking;
    private readonly Lazy<LockOrder> _order;
    private readonly Lazy<Roots> _roots;
    private readonly Lazy<ProcessTypes?> _processes;
    private readonly Lazy<NativeImages?> _images;
    private readonly Lazy<FrameCallbacks> _frameCallbacks;

    private CompilationFacts(Compilation compilation, AnalyzerOptions options)
    {
        _graph = new(() => CallGraph.Of(compilation));
        _callers = new(() => new Callers(compilation, Graph));
        _regions = new(() => new LockRegions(compilation, Graph));
        _semaphores = new(() => new LockRegions(compilation, Graph, withSemaphores: true));
        _locks = new(() => new LockFacts(compilation));
        _heavy = new(() => new HeavyWork(compilation));
        _summaries = new(() => new CallSummaries(Graph, Blocking, Heavy, Regions, Semaphores));
        _blocking = new(() => new Blocking(compilation, options, _summaries));
        _order = new(() => new LockOrder(this));
        _roots = new(() => new Roots(compilation, Callers));
        _processes = new(() => ProcessTypes.OfUsed(compilation));
        _images = new(() => NativeImages.Of(compilation));
        _frameCallbacks = new(() => new FrameCallbacks(compilation, this));
    }

    public CallGraph Graph => _graph.Value;

    public Callers Callers => _callers.Value;

    public LockRegions Regions => _regions.Value;

    /// <summary>The same, with semaphores of one as locks.</summary>
    public LockRegions Semaphores => _semaphores.Value;

    public LockFacts Locks => _locks.Value;

    public Blocking Blocking => _blocking.Value;

    public HeavyWork Heavy => _heavy.Value;

    public CallSummaries Summaries => _summaries.Value;

    public LockOrder LockOrder => _order.Value;

    public Roots Roots => _roots.Value;

    /// <summary>Null where the compilation has no child process.</summary>
    public ProcessTypes? Processes => _processes.Value;

    /// <summary>Null where the compilation has no image library.</summary>
    public NativeImages? Images => _images.Value;

    public FrameCallbacks FrameCallbacks => _frameCallbacks.Value;

    public static CompilationFacts Of(Compilation compilation, AnalyzerOptions options) => All.GetValue(compilation, key => new CompilationFacts(key, options));
}
