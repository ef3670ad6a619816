using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Locks;

/// <summary>What is wrong with a field or property as a lock: read once for each.</summary>
internal sealed class LockObjects(IAssemblySymbol assembly, CallGraph graph, LockSites sites)
{
    private readonly ConcurrentDictionary<ISymbol, string?> _reasons = new(SymbolEqualityComparer.Default);

    /// <summary>What follows the name of the lock in the message; null when nothing is wrong, or nobody can tell.</summary>
    public string? WhyUnsafe(ISymbol member) => _reasons.GetOrAdd(member, Find);

    /// <summary>The field that the property is another name for.</summary>
    public static IFieldSymbol? ReturnedField(ISymbol member) =>
        member is IPropertySymbol && ReturnedName(member) is { } name ? member.ContainingType.GetMembers(name).OfType<IFieldSymbol>().FirstOrDefault() : null;

    private string? Find(ISymbol member)
    {
        // An editor sees the source of other projects, a build does not: both say the same.
        if (!SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, assembly))
        {
            return IsPlainLock(member) && IsPublic(member) ? Reachable(member) : null;
        }

        // Code that is generated, or a caller by contract (ICollection.SyncRoot): not the author's to choose.
        if (IsByContract(member) || member is IPropertySymbol { IsAbstract: true })
        {
            return null;
        }

        return Replaced(member)
            ?? (IsReachable(member) && (member is IFieldSymbol || HoldsOneObject((IPropertySymbol)member)) ? Reachable(member) : null)
            ?? (HandedOutBy(member) is { } name ? $"is handed out by '{name}', so any code can take it" : null);
    }

    private static string Reachable(ISymbol member) => $"can be taken by any code that sees '{member.ContainingType.Name}'";

    // What only the assembly sees is private enough, unless several of its types do lock it.
    private bool IsReachable(ISymbol member) =>
        IsPublic(member) || IsSeenByAssembly(member) && sites.AreOfSeveralTypes(member, ReturnedField(member));

    private static bool IsPublic(ISymbol member)
    {
        for (var symbol = member; symbol is not (null or INamespaceSymbol); symbol = symbol.ContainingSymbol)
        {
            if (symbol.DeclaredAccessibility != Accessibility.Public)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSeenByAssembly(ISymbol member)
    {
        if (member.DeclaredAccessibility != Accessibility.Public)
        {
            return false;
        }

        for (var type = member.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.DeclaredAccessibility == Accessibility.Private || type.IsFileLocal)
            {
                return false;
            }
        }

        return true;
    }

    // Of another assembly: only what is surely there to be locked, and not meant to be (SyncRoot).
    private static bool IsPlainLock(ISymbol member) =>
        (member as IFieldSymbol)?.Type is { SpecialType: SpecialType.System_Object } or { Name: "Lock", ContainingNamespace.Name: "Threading" }
        && member.Name.IndexOf("sync", StringComparison.OrdinalIgnoreCase) < 0;

    private static bool IsByContract(ISymbol member) =>
        member.IsOverride
        || member is IPropertySymbol { ExplicitInterfaceImplementations.IsEmpty: false }
        || member is IPropertySymbol && member.ContainingType.AllInterfaces.SelectMany(type => type.GetMembers(member.Name)).Any(declared =>
            SymbolEqualityComparer.Default.Equals(member.ContainingType.FindImplementationForInterfaceMember(declared), member));

    private static bool HoldsOneObject(IPropertySymbol property) => IsAutomatic(property) || ReturnedField(property) is { IsReadOnly: true };

    private static bool IsAutomatic(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    private string? HandedOutBy(ISymbol member) =>
        member is IFieldSymbol { DeclaredAccessibility: not Accessibility.Public } field
            ? field.ContainingType.GetMembers().FirstOrDefault(other =>
                other is IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary, Parameters.IsEmpty: true }
                && ReturnedName(other) == field.Name && IsReachable(other) && !IsByContract(other))?.Name
            : null;

    // => _gate, { get => _gate; }, { get { return _gate; } }
    private static string? ReturnedName(ISymbol member)
    {
        var body = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
        {
            PropertyDeclarationSyntax { ExpressionBody.Expression: var value } => value,
            PropertyDeclarationSyntax { AccessorList.Accessors: var accessors } => accessors.Select(ReturnedBy).FirstOrDefault(value => value is not null),
            MethodDeclarationSyntax { ExpressionBody.Expression: var value } => value,
            MethodDeclarationSyntax { Body.Statements: { Count: 1 } statements } => (statements[0] as ReturnStatementSyntax)?.Expression,
            _ => null,
        };
        return body switch
        {
            IdentifierNameSyntax name => name.Identifier.ValueText,
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var name } => name,
            _ => null,
        };
    }

    private static ExpressionSyntax? ReturnedBy(AccessorDeclarationSyntax accessor) =>
        accessor.Keyword.ValueText != "get" ? null
            : accessor.ExpressionBody?.Expression ?? (accessor.Body is { Statements: { Count: 1 } statements } ? (statements[0] as ReturnStatementSyntax)?.Expression : null);

    private string? Replaced(ISymbol member)
    {
        if (member is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null })
        {
            return null;
        }

        var isSet = false;
        var again = new List<ISymbol>();
        foreach (var tree in member.ContainingType.DeclaringSyntaxReferences.Select(part => part.SyntaxTree).Distinct())
        {
            var model = graph.ModelOf(tree);
            isSet |= MemberUses.Initial(member, model) is { } initial && !IsNothing(initial);
            foreach (var use in MemberUses.Of(member, model))
            {
                if (Assigned(use) is { } value && !IsNothing(value) && Callers.MemberOf(use) is { } around)
                {
                    if (IsConstruction(around, use))
                    {
                        isSet = true;
                    }
                    else if (!IsEnd(around) && !again.Contains(around, SymbolEqualityComparer.Default))
                    {
                        again.Add(around);
                    }
                }
            }
        }

        return again.Count > (isSet ? 0 : 1)
            ? $"is assigned again in '{Names.Of(again[again.Count - 1])}', so two threads can hold two objects where they count on one lock"
            : null;
    }

    // By this object or its type; what is set on another object is most likely being made.
    private static IOperation? Assigned(IOperation use) =>
        use is not IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } } ? null
            : use.Parent is IAssignmentOperation assignment && assignment.Target == use ? assignment.Value
            : use.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "Exchange", ContainingType.Name: "Interlocked" }, Arguments: { Length: 2 } arguments } } ? arguments[1].Value
            : null;

    private static bool IsNothing(IOperation value) => value.Unwrap() is IDefaultValueOperation or { ConstantValue: { HasValue: true, Value: null } };

    private static bool IsConstruction(ISymbol around, IOperation use) =>
        around is IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } method
            ? method.IsStatic == ((IMemberReferenceOperation)use).Member.IsStatic
            : around is not IMethodSymbol or IMethodSymbol { IsInitOnly: true };

    private static bool IsEnd(ISymbol around) => around.Name is "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Finalize" or "Close";
}
