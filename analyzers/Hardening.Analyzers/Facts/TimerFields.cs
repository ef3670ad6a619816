using System.Collections.Concurrent;

namespace Hardening.Analyzers.Facts;

/// <summary>The timers that a type keeps in private fields, with all that its parts do with them. Filled by several threads at once.</summary>
internal sealed class TimerFields
{
    private readonly Dictionary<ISymbol, TimerField> _fields = new(SymbolEqualityComparer.Default);
    private readonly TimerTypes _types;

    private TimerFields(TimerTypes types) => _types = types;

    /// <summary>Collects from the whole type, and hands what it has found to the rule at its end. Types without such a field cost nothing.</summary>
    public static void Collect(SymbolStartAnalysisContext context, TimerTypes types, Action<SymbolAnalysisContext, TimerField> atEnd)
    {
        var found = new TimerFields(types);
        var type = (INamedTypeSymbol)context.Symbol;
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { DeclaredAccessibility: Accessibility.Private, IsImplicitlyDeclared: false } field && types.IsTimer(field.Type))
            {
                found._fields.Add(field, new TimerField(field));
            }
        }

        if (found._fields.Count == 0)
        {
            return;
        }

        context.RegisterOperationAction(reference => found.AddUse((IFieldReferenceOperation)reference.Operation), OperationKind.FieldReference);
        context.RegisterOperationAction(creation => found.AddCreation(creation), OperationKind.ObjectCreation, OperationKind.Invocation);
        context.RegisterSymbolEndAction(end =>
        {
            foreach (var field in found._fields.Values)
            {
                atEnd(end, field);
            }
        });
    }

    private void AddUse(IFieldReferenceOperation reference)
    {
        if (_fields.TryGetValue(reference.Field.OriginalDefinition, out var field))
        {
            field.References.Add(reference);
        }
    }

    private void AddCreation(OperationAnalysisContext context)
    {
        if (_types.IsCreation(context.Operation) && TimerTypes.FieldOf(context.Operation) is { } field && _fields.TryGetValue(field.OriginalDefinition, out var kept))
        {
            kept.Creations.Add((context.Operation, context.ContainingSymbol));
        }
    }
}

/// <summary>One private field with its timers.</summary>
internal sealed class TimerField(IFieldSymbol field)
{
    private TimerUses? _uses;

    public IFieldSymbol Field { get; } = field;

    public ConcurrentBag<IOperation> References { get; } = new();

    public ConcurrentBag<(IOperation Created, ISymbol Member)> Creations { get; } = new();

    public TimerUses Uses => _uses ??= TimerUses.Of(References.Concat(Creations.SelectMany(creation => OfLocal(creation.Created))));

    /// <summary>Nobody ends the timer, and the object that has it does not live as long as the process.</summary>
    public bool IsLost =>
        !Field.IsStatic
        && !Creations.IsEmpty
        && !Uses.IsEnded
        && !Uses.HasEscaped
        && Creations.Any(creation => TimerPeriod.Repeats(creation.Created, Uses))
        && !LivesForEver(Field.ContainingType)
        && !Field.ContainingType.GetTypeMembers().Any(IsNamedIn);

    // var timer = new Timer(…); timer.Elapsed += …; _timer = timer;
    private static IEnumerable<IOperation> OfLocal(IOperation created) =>
        created.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }
            ? Facts.References.Of(local, created).Where(reference => reference.Parent is not ISimpleAssignmentOperation { Target: IFieldReferenceOperation })
            : [];

    // The operations of a nested type are not those of the type around it.
    private bool IsNamedIn(INamedTypeSymbol nested) =>
        nested.DeclaringSyntaxReferences.Any(part => part.GetSyntax().DescendantTokens().Any(token => token.ValueText == Field.Name));

    // An application object, a singleton in a static member of its own, or a type whose other half a designer writes.
    private static bool LivesForEver(INamedTypeSymbol type)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.Name is "Application" or "MauiApplication" or "HttpApplication")
            {
                return true;
            }
        }

        return type.DeclaringSyntaxReferences.Any(part => part.SyntaxTree.FilePath.EndsWith(".Designer.cs", StringComparison.OrdinalIgnoreCase))
            || type.InstanceConstructors.All(constructor => constructor.DeclaredAccessibility == Accessibility.Private)
                && type.GetMembers().Any(member => member.IsStatic && member is IFieldSymbol or IPropertySymbol);
    }
}
