namespace Hardening.Analyzers.Facts;

/// <summary>A child process that a call starts, and where the function that starts it keeps it.</summary>
internal sealed class StartedChild : IStarted
{
    // What looks at processes or ends them: over at once, and no load.
    private static readonly ImmutableHashSet<string> Tools = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "kill", "pkill", "killall", "taskkill", "xdg-open", "open", "explorer", "rundll32");

    private StartedChild(IInvocationOperation start, IOperation value, ProcessTypes types)
    {
        Start = start;
        Value = value;
        if (types.IsStart(value))
        {
            var holding = types.Ownership.Follow(value);
            Holding = holding;
            Settings = StartSettings.Of(value, holding, types);
        }
    }

    /// <summary>The call that starts it: <c>Process.Start(…)</c> or <c>process.Start()</c>.</summary>
    public IInvocationOperation Start { get; }

    /// <summary>What makes the object, where that can be seen; else the object that is started.</summary>
    public IOperation Value { get; }

    public StartSettings? Settings { get; }

    /// <summary>What becomes of it, where what makes it can be seen.</summary>
    public Holding? Holding { get; }

    public bool IsKept { get; private set; }

    public bool IsKeptInField { get; private set; }

    /// <summary>The field or property that has it, if it is a single one.</summary>
    public ISymbol? Slot { get; private set; }

    /// <summary>As the code names it, without its folder; null where it does not.</summary>
    public string? Program => Settings?.FileName is { } file ? ProgramNames.Of(file) : null;

    /// <summary>A document or address that is handed to the desktop, or a tool of the system that is over at once.</summary>
    public bool IsNoLoad =>
        Settings is { } settings
        && (settings.TurnedOn("UseShellExecute").Count > 0 || settings.FileName?.Contains("://") == true || Program is { } program && Tools.Contains(program));

    /// <summary>A cheap test that most calls fail.</summary>
    public static bool IsOne(IInvocationOperation call, ProcessTypes types) =>
        call.TargetMethod.Name == "Start" && types.IsMember(call.TargetMethod, "Start");

    public static StartedChild Of(IInvocationOperation start, ProcessTypes types)
    {
        var value = start.TargetMethod.IsStatic ? start : start.Instance is { } instance ? Made(instance.Unwrap(), types) : start;
        var child = new StartedChild(start, value, types);
        child.FindPlace();
        return child;
    }

    /// <summary>Every place of the function where the child is at hand.</summary>
    public IEnumerable<IOperation> Uses()
    {
        var uses = Holding is { } holding ? holding.Uses.Concat(holding.Locals.SelectMany(local => References.Of(local, Value))) : [];
        return Value is ILocalReferenceOperation or IParameterReferenceOperation ? uses.Concat(References.Of(SymbolOf(Value)!, Value))
            : (Slot ?? SymbolOf(Value)) is { } kept ? uses.Concat(Value.Function().DescendantsInFunction().Where(part => SymbolEqualityComparer.Default.Equals(SymbolOf(part), kept)))
            : uses;
    }

    public static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation property => property.Property,
        _ => null,
    };

    // var process = new Process { … }; process.Start();
    private static IOperation Made(IOperation instance, ProcessTypes types)
    {
        instance = ChildHistory.Named(instance);
        return instance is ILocalReferenceOperation { Local: var local } && LocalSources.Of(local, instance).Select(source => source.Unwrap()).FirstOrDefault(types.IsStart) is { } made ? made
            : SymbolOf(instance) is { } kept && AssignedTo(kept, instance) is { } value && types.IsStart(value) ? value
            : instance;
    }

    private static IOperation? AssignedTo(ISymbol kept, IOperation use) =>
        use.Function().DescendantsInFunction().OfType<ISimpleAssignmentOperation>()
            .FirstOrDefault(assignment => SymbolEqualityComparer.Default.Equals(SymbolOf(assignment.Target), kept))?.Value.Unwrap();

    private void FindPlace()
    {
        Place(Value);
        Slot ??= SymbolOf(Value) is IFieldSymbol or IPropertySymbol ? SymbolOf(Value) : null;
        foreach (var local in Holding?.Locals ?? [])
        {
            foreach (var use in References.Of(local, Value))
            {
                Place(use);
            }
        }
    }

    private void Place(IOperation value)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation or ICoalesceOperation)
        {
            value = value.Parent;
        }

        var collection = value.Parent switch
        {
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Add" or "Enqueue" or "Push" or "TryAdd" or "AddLast", Instance: { } list } } => list,
            ISimpleAssignmentOperation { Target: IArrayElementReferenceOperation { ArrayReference: var array } } => array,
            ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } list } } => list,
            _ => null,
        };
        IsKept |= collection is not null;
        IsKeptInField |= collection is IMemberReferenceOperation;
        if (value.Parent is IAssignmentOperation { Target: IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol { IsIndexer: false } } target } assignment && assignment.Value == value)
        {
            Slot ??= target.Member;
        }
    }
}
