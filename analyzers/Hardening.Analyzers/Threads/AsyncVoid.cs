using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>Which async void functions have to be void.</summary>
internal static class AsyncVoid
{
    /// <summary>A base type or interface of another assembly says that it is void.</summary>
    public static bool IsForced(IMethodSymbol method)
    {
        if (method.IsOverride)
        {
            var origin = method;
            while (origin.OverriddenMethod is { } overridden)
            {
                origin = overridden;
            }

            return !IsHere(origin, method);
        }

        if (method.ContainingType is not { AllInterfaces.IsEmpty: false } type || method is { DeclaredAccessibility: not Accessibility.Public, ExplicitInterfaceImplementations.IsEmpty: true })
        {
            return false;
        }

        foreach (var implemented in type.AllInterfaces.SelectMany(one => one.GetMembers(method.ExplicitInterfaceImplementations.FirstOrDefault()?.Name ?? method.Name)))
        {
            if (!IsHere(implemented, method) && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(implemented), method))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// It has the shape of an event handler, <c>(object sender, SomeEventArgs e)</c>: the event wants void. A tick of a <c>System.Timers.Timer</c> is no
    /// event in this sense: it comes on the pool, again and again, whether or not the one before has ended.
    /// </summary>
    public static bool IsHandler(IMethodSymbol method, ITypeSymbol? type = null) =>
        method.Parameters is { Length: 2 } parameters
        && IsEventArgs(parameters[1].Type)
        && parameters[1].Type.Name != "ElapsedEventArgs"
        && (type ?? parameters[0].Type) is { IsReferenceType: true } or { TypeKind: TypeKind.TypeParameter };

    /// <summary>It is given to an event whose delegate is made for events, whatever parameters that has: <c>ColorChangedEventHandler</c>.</summary>
    public static bool IsSubscribed(IOperation function) =>
        Handover.AsDelegate(function) is { Type.Name: var type, Parent: IEventAssignmentOperation } && type.EndsWith("Handler", StringComparison.Ordinal) && type != "ElapsedEventHandler";

    /// <summary>The same for a method.</summary>
    public static bool IsSubscribed(IMethodSymbol method, Callers callers) => callers.GroupsOf(method).Any(IsSubscribed);

    /// <summary>It takes a task to see its exception, for callers that do not wait.</summary>
    public static bool IsForgetter(IMethodSymbol method) => method.Parameters.FirstOrDefault() is { } first && Functions.IsTask(first.Type);

    /// <summary>The delegate as a message names it.</summary>
    public static string TypeName(IOperation lambda) => Handover.AsDelegate(lambda).Type is { Name.Length: > 0 } type ? type.Name : "delegate";

    private static bool IsEventArgs(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.Name.EndsWith("EventArgs", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(IsEventArgs);
    }

    private static bool IsHere(ISymbol symbol, ISymbol other) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, other.ContainingAssembly);
}
