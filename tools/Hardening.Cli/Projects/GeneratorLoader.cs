using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Projects;

/// <summary>
/// Loads the source generators of projects into this process: those of one folder with each other, and with the assemblies beside them. What this program has itself in the same or a
/// newer version, the compiler's own assemblies above all, is taken from it.
/// </summary>
internal sealed class GeneratorLoader : IAnalyzerAssemblyLoader, IDisposable
{
    private static readonly Dictionary<string, string> Own = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key!, group => group.First(), StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Context> _contexts = new(StringComparer.Ordinal);

    public void AddDependencyLocation(string fullPath) => _known.TryAdd(Path.GetFileNameWithoutExtension(fullPath), fullPath);

    public Assembly LoadFromPath(string fullPath) =>
        _contexts.GetOrAdd(Path.GetDirectoryName(fullPath)!, static (folder, loader) => new Context(folder, loader._known), this).LoadFromAssemblyPath(fullPath);

    public void Dispose()
    {
        foreach (var context in _contexts.Values)
        {
            context.Unload();
        }

        _contexts.Clear();
    }

    private sealed class Context(string folder, ConcurrentDictionary<string, string> known) : AssemblyLoadContext($"generators of {folder}", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name is not { } name || (Own.TryGetValue(name, out var own) && AssemblyName.GetAssemblyName(own).Version >= assemblyName.Version))
            {
                return null;
            }

            var beside = Path.Combine(folder, name + ".dll");
            return File.Exists(beside) ? LoadFromAssemblyPath(beside) : known.TryGetValue(name, out var elsewhere) ? LoadFromAssemblyPath(elsewhere) : null;
        }
    }
}
