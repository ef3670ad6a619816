namespace Hardening.Analyzers.Facts;

/// <summary>Which operations block: wait for a device, another thread, a process, the network, the disk or a timer.</summary>
internal sealed class Blocking
{
    private readonly Dictionary<string, List<Entry>> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<ISymbol> _inMemory = new(SymbolEqualityComparer.Default);
    private readonly ListedMethods _listed;
    private readonly IAssemblySymbol _assembly;
    private readonly Lazy<CallSummaries>? _summaries;

    /// <param name="compilation">Whose types the table is bound to.</param>
    /// <param name="options">With the methods that users add.</param>
    /// <param name="summaries">What methods of this compilation do; without it <see cref="FindThrough(IOperation)"/> sees no further than <see cref="Find(IOperation)"/>.</param>
    public Blocking(Compilation compilation, AnalyzerOptions options, Lazy<CallSummaries>? summaries = null)
    {
        _summaries = summaries;
        _listed = new ListedMethods(options.AnalyzerConfigOptionsProvider);
        _assembly = compilation.Assembly;
        Add(BlockingTable.Waits, isWait: true);
        Add(BlockingTable.InputOutput, isWait: false);
        Add(BlockingTable.Libraries, isWait: false);
        foreach (var (name, _) in BlockingTable.Read(BlockingTable.InMemory))
        {
            if (compilation.GetTypeByMetadataName(name) is { } type)
            {
                _inMemory.Add(type);
            }
        }

        void Add(string table, bool isWait)
        {
            foreach (var (typeName, members) in BlockingTable.Read(table))
            {
                if (compilation.GetTypeByMetadataName(typeName) is not { } type)
                {
                    continue;
                }

                foreach (var member in members)
                {
                    if (!_byName.TryGetValue(member, out var entries))
                    {
                        _byName.Add(member, entries = []);
                    }

                    entries.Add(new Entry(type, isWait));
                }
            }
        }
    }

    /// <summary>The operation blocks itself, or calls code of this compilation that does; then the name is the path to it: <c>Save → File.WriteAllText</c>.</summary>
    public BlockingCall? FindThrough(IOperation operation) => FindThrough(operation, waitsOnly: false, held: null);

    /// <param name="operation">What may block.</param>
    /// <param name="waitsOnly">I/O does not count.</param>
    /// <param name="held">A lock that is held: what gives it up while it waits, or takes it again around the blocking call and is reported there, does not count.</param>
    public BlockingCall? FindThrough(IOperation operation, bool waitsOnly, ISymbol? held)
    {
        if (Find(operation) is { } found)
        {
            return found;
        }

        foreach (var call in _summaries?.Value.Through(operation) ?? ImmutableArray<BlockingCall>.Empty)
        {
            if (!call.IsHeavy && (call.IsWait || !waitsOnly) && (held is null || !call.Spared.Contains(held, SymbolEqualityComparer.Default)))
            {
                return call;
            }
        }

        return null;
    }

    /// <summary>Null when the operation itself does not block, or when no one can tell.</summary>
    public BlockingCall? Find(IOperation operation) => operation switch
    {
        IInvocationOperation call when _listed.Contains(call.TargetMethod, call.Syntax.SyntaxTree) => new BlockingCall(Named(call.TargetMethod), isWait: false),
        IInvocationOperation { TargetMethod: { Name: "Add", ContainingType.Name: "BlockingCollection" } } add =>
            BoundedCollections.IsBounded(add.Instance) ? new BlockingCall(Named(add.TargetMethod), isWait: false) : null,
        IInvocationOperation call => Find(call.TargetMethod, call.Instance) is { } found && !IsOver(call) ? found : null,
        IPropertyReferenceOperation { Instance: { } task } property =>
            Find(property.Property, task) is { } found && !CompletedTasks.IsComplete(task) ? found : null,
        IObjectCreationOperation { Constructor: { } constructor } creation when Opens(constructor) => Find(constructor, instance: null),
        _ => null,
    };

    /// <summary>How a method blocks that is given away as a delegate, when that is called.</summary>
    public BlockingCall? FindTarget(IMethodReferenceOperation reference) => Find(reference.Method, reference.Instance);

    private BlockingCall? Find(ISymbol member, IOperation? instance)
    {
        if (!_byName.TryGetValue(member.Name, out var entries))
        {
            return null;
        }

        // What is written in this compilation speaks for itself: an override of Stream.Read in it may read from memory.
        var declaring = member.ContainingType.OriginalDefinition;
        foreach (var entry in entries)
        {
            if (Is(declaring, entry.Type) && !IsHere(declaring) && !IsInMemory(instance))
            {
                return new BlockingCall(Named(member), entry.IsWait);
            }
        }

        return null;
    }

    private bool IsHere(INamedTypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _assembly);

    private static bool Is(INamedTypeSymbol type, INamedTypeSymbol wanted)
    {
        for (var current = type; current is not null; current = current.BaseType?.OriginalDefinition)
        {
            if (SymbolEqualityComparer.Default.Equals(current, wanted))
            {
                return true;
            }
        }

        return wanted.TypeKind == TypeKind.Interface && type.AllInterfaces.Contains(wanted, SymbolEqualityComparer.Default);
    }

    private bool IsInMemory(IOperation? stream) =>
        stream?.Unwrap() switch
        {
            null => false,
            ILocalReferenceOperation { Local: var local } reference =>
                _inMemory.Contains(local.Type) || Initializers.Of(local, reference)?.Unwrap().Type is { } type && _inMemory.Contains(type),
            var other => other.Type is { } type && _inMemory.Contains(type),
        };

    // By path, address or number; a handle is open already.
    private static bool Opens(IMethodSymbol constructor) =>
        constructor.Parameters.FirstOrDefault() is { Type: { SpecialType: not SpecialType.System_IntPtr, Name: var type } } && !type.EndsWith("Handle", StringComparison.Ordinal);

    /// <summary>A wait for no time at all, or for a task that is known to have ended.</summary>
    private static bool IsOver(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (IsTime(argument.Parameter) && IsZero(argument.Value.Unwrap()))
            {
                return true;
            }
        }

        return call switch
        {
            { TargetMethod.Name: "Wait", Instance: { } task } => CompletedTasks.IsComplete(task),
            { TargetMethod.Name: "GetResult", Instance: { } awaiter } =>
                awaiter.Unwrap() is IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } task } && CompletedTasks.IsComplete(task),
            _ => false,
        };
    }

    private static bool IsTime(IParameterSymbol? parameter) =>
        parameter is { Type: { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } or { Name: nameof(TimeSpan) } }
        && (Has(parameter, "timeout") || Has(parameter, "seconds"));

    private static bool Has(IParameterSymbol parameter, string word) => parameter.Name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool IsZero(IOperation value) =>
        value is { ConstantValue: { HasValue: true, Value: 0 or 0L } }
            or IFieldReferenceOperation { Field: { Name: nameof(TimeSpan.Zero), ContainingType.Name: nameof(TimeSpan) } }
            or IDefaultValueOperation;

    private static string Named(ISymbol member) => member.Name switch
    {
        ".ctor" => $"new {member.ContainingType.Name}",
        "GetResult" when member.ContainingType.Name.EndsWith("Awaiter", StringComparison.Ordinal) => "GetAwaiter().GetResult()",
        _ => $"{member.ContainingType.Name}.{member.Name}",
    };

    private readonly struct Entry(INamedTypeSymbol type, bool isWait)
    {
        public INamedTypeSymbol Type { get; } = type;

        public bool IsWait { get; } = isWait;
    }
}
