using System.Collections.Concurrent;

namespace Hardening.Analyzers.Facts;

/// <summary>The user's own list: <c>hardening.blocking_methods = Ns.Type.Method | …</c> in <c>.editorconfig</c>.</summary>
internal sealed class ListedMethods(AnalyzerConfigOptionsProvider options)
{
    public const string Option = "hardening.blocking_methods";

    private static readonly SymbolDisplayFormat TypeName = new(typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);
    private readonly ConcurrentDictionary<SyntaxTree, ILookup<string, string>?> _byTree = new();

    public bool Contains(IMethodSymbol method, SyntaxTree tree)
    {
        if (_byTree.GetOrAdd(tree, Read) is not { } typesByMethod || !typesByMethod.Contains(method.Name))
        {
            return false;
        }

        for (var current = method; current is not null; current = current.OverriddenMethod)
        {
            if (typesByMethod[method.Name].Contains(current.ContainingType.ToDisplayString(TypeName)))
            {
                return true;
            }
        }

        return false;
    }

    // Not separated by ';', which begins a comment in an .editorconfig.
    private ILookup<string, string>? Read(SyntaxTree tree) =>
        options.GetOptions(tree).TryGetValue(Option, out var list)
            ? list.Split('|', ',')
                .Select(name => name.Trim())
                .Where(name => name.LastIndexOf('.') > 0)
                .ToLookup(name => name.Substring(name.LastIndexOf('.') + 1), name => name.Substring(0, name.LastIndexOf('.')))
            : null;
}
