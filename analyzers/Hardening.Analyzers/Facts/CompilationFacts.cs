using System.Runtime.CompilerServices;

namespace Hardening.Analyzers.Facts;

/// <summary>The facts of one compilation: each is made when a rule first asks for it, and shared by all rules.</summary>
internal sealed class CompilationFacts
{
    private static readonly ConditionalWeakTable<Compilation, CompilationFacts> All = new();

    private readonly Lazy<LockRegions> _regions;
    private readonly Lazy<LockFacts> _locks;
    private readonly Lazy<Blocking> _blocking;
    private readonly Lazy<Roots> _roots;

    private CompilationFacts(Compilation compilation, AnalyzerOptions options)
    {
        _regions = new(() => new LockRegions(compilation));
        _locks = new(() => new LockFacts(compilation));
        _blocking = new(() => new Blocking(compilation, options));
        _roots = new(() => new Roots(compilation));
    }

    public LockRegions Regions => _regions.Value;

    public LockFacts Locks => _locks.Value;

    public Blocking Blocking => _blocking.Value;

    public Roots Roots => _roots.Value;

    public static CompilationFacts Of(Compilation compilation, AnalyzerOptions options) => All.GetValue(compilation, key => new CompilationFacts(key, options));
}
