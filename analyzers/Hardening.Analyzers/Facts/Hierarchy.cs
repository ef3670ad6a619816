namespace Hardening.Analyzers.Facts;

/// <summary>Which method of this compilation a virtual or interface call runs, where that can only be one.</summary>
internal sealed class Hierarchy
{
    // Keyed by the base type or interface as it is declared; only those that are declared here.
    private readonly Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> _derived = new(SymbolEqualityComparer.Default);
    private readonly IAssemblySymbol _assembly;

    public Hierarchy(IAssemblySymbol assembly)
    {
        _assembly = assembly;
        Add(assembly.GlobalNamespace);
    }

    public bool IsHere(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, _assembly);

    /// <summary>Null when there is none, more than one, or one that another assembly could add to.</summary>
    public IMethodSymbol? Only(IMethodSymbol method)
    {
        var type = method.ContainingType;
        var candidates = type.TypeKind == TypeKind.Interface
            ? Below(type).Where(derived => derived is { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false })
                .Select(derived => (derived.FindImplementationForInterfaceMember(Constructed(method, derived)) as IMethodSymbol)?.OriginalDefinition)
            : Below(type).SelectMany(derived => derived.GetMembers(method.Name).OfType<IMethodSymbol>()).Where(other => Overrides(other, method))
                .Concat(method.IsAbstract ? [] : [method]);
        var different = candidates.Distinct<IMethodSymbol?>(SymbolEqualityComparer.Default).Take(2).ToList();
        return different.Count == 1 ? different[0] : null;
    }

    public bool HasImplementations(INamedTypeSymbol type) => Below(type).Any(derived => derived.TypeKind != TypeKind.Interface);

    // IJob<T>.Run as the class implements it: IJob<Frame>.Run.
    private static ISymbol Constructed(IMethodSymbol method, INamedTypeSymbol implementing)
    {
        var type = implementing.AllInterfaces.FirstOrDefault(implemented => SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, method.ContainingType));
        return type?.GetMembers(method.Name).FirstOrDefault(member => SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method)) ?? method;
    }

    private static bool Overrides(IMethodSymbol method, IMethodSymbol overridden)
    {
        for (var current = method.OverriddenMethod; current is not null; current = current.OverriddenMethod)
        {
            if (SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, overridden))
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<INamedTypeSymbol> Below(INamedTypeSymbol type) =>
        _derived.TryGetValue(type.OriginalDefinition, out var derived) ? derived.Concat(derived.SelectMany(Below)) : [];

    private void Add(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is INamespaceSymbol inner)
            {
                Add(inner);
            }
            else if (member is INamedTypeSymbol type)
            {
                if (type.BaseType is { } baseType)
                {
                    Add(baseType, type);
                }

                // A class inherits the interfaces of its base, but only that base has to be listed.
                foreach (var implemented in type.TypeKind == TypeKind.Interface ? type.Interfaces : type.AllInterfaces)
                {
                    Add(implemented, type);
                }

                Add(type);
            }
        }
    }

    private void Add(INamedTypeSymbol above, INamedTypeSymbol type)
    {
        above = above.OriginalDefinition;
        if (!IsHere(above))
        {
            return;
        }

        if (!_derived.TryGetValue(above, out var types))
        {
            _derived.Add(above, types = []);
        }

        types.Add(type);
    }
}
