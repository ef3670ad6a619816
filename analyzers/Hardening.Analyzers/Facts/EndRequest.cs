namespace Hardening.Analyzers.Facts;

/// <summary>A process is asked to end, and may do so or not: <c>CloseMainWindow</c>, a <c>kill</c> child, the system's <c>kill</c>. Or it is ended by such means.</summary>
internal sealed class EndRequest
{
    private static readonly char[] Separators = [' ', '\t', '\'', '"'];

    // They end nothing, or are asked in another way.
    private static readonly ImmutableHashSet<string> Others = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "0", "1", "HUP", "SIGHUP", "10", "USR1", "SIGUSR1", "12", "USR2", "SIGUSR2", "18", "CONT", "SIGCONT", "19", "STOP", "SIGSTOP", "28", "WINCH", "SIGWINCH", "L");

    private EndRequest(IInvocationOperation call, IOperation? child, bool isKill) => (Call, Child, IsKill) = (call, child, isKill);

    public IInvocationOperation Call { get; }

    /// <summary>The Process that is asked, where the code has it at hand.</summary>
    public IOperation? Child { get; }

    /// <summary>It cannot refuse: SIGKILL, <c>taskkill /F</c>.</summary>
    public bool IsKill { get; }

    /// <summary>A cheap test that most calls fail.</summary>
    public static bool MayBeOne(IInvocationOperation call) =>
        call.TargetMethod.Name is "Start" or "CloseMainWindow" || call.TargetMethod.IsStatic && (call.TargetMethod.IsExtern || Has(call.TargetMethod.Name, "kill"));

    /// <summary>Null for any other call, and where it cannot be told which signal is sent.</summary>
    public static EndRequest? Of(IInvocationOperation call, ProcessTypes types)
    {
        var method = call.TargetMethod;
        if (method.Name == "CloseMainWindow")
        {
            return types.IsMember(method, "CloseMainWindow") && call.Instance is { } window && !IsOwn(window) ? new EndRequest(call, ChildHistory.Named(window.Unwrap()), isKill: false) : null;
        }

        if (method.Name == "Start")
        {
            return StartedChild.IsOne(call, types) && IsKillOf(call, types) is { } isKill ? new EndRequest(call, ChildIn(Words(call), types), isKill) : null;
        }

        return IsSystemCall(method) && call.Arguments.Length == 2 && SignalOf(call.Arguments[1].Value) is { } signal
            ? new EndRequest(call, ChildIn([call.Arguments[0].Value], types), signal)
            : null;
    }

    private static bool IsOwn(IOperation process) =>
        ChildHistory.Named(process.Unwrap()) is IInvocationOperation { TargetMethod.Name: "GetCurrentProcess" }
        || process.Unwrap() is ILocalReferenceOperation { Local: var local } use && LocalSources.Of(local, use).Any(source => source.Unwrap() is IInvocationOperation { TargetMethod.Name: "GetCurrentProcess" });

    // kill 17, kill -9 17, taskkill /F /PID 17, sh -c "kill 17"
    private static bool? IsKillOf(IInvocationOperation start, ProcessTypes types)
    {
        var child = StartedChild.Of(start, types);
        var texts = Words(start).SelectMany(part => part.DescendantsAndSelf()).Select(TextOf).OfType<string>().ToList();
        var words = texts.SelectMany(text => text.Split(Separators, StringSplitOptions.RemoveEmptyEntries)).ToList();
        return child.Program?.ToUpperInvariant() switch
        {
            "TASKKILL" => words.Exists(word => word.TrimStart('/', '-').Equals("F", StringComparison.OrdinalIgnoreCase)),
            "KILL" or "PKILL" or "KILLALL" => IsKillSignal(words, texts),
            "SH" or "BASH" or "CMD" or "ENV" or "SUDO" => words.FindIndex(word => Program(word) is "kill" or "pkill" or "killall" or "taskkill") is >= 0 and var place ? IsKillSignal(words.GetRange(place + 1, words.Count - place - 1), texts) : null,
            _ => null,
        };
    }

    private static string Program(string word) => word.Substring(word.LastIndexOf('/') + 1);

    private static bool? IsKillSignal(List<string> words, List<string> texts)
    {
        // $"-{signal} {pid}"
        if (texts.Exists(text => text.TrimEnd().EndsWith("-", StringComparison.Ordinal)))
        {
            return null;
        }

        var signals = words.Where((word, place) => word.StartsWith("-", StringComparison.Ordinal) || place > 0 && words[place - 1] is "-s" or "--signal")
            .Select(word => word.TrimStart('-')).Select(word => word.StartsWith("signal=", StringComparison.Ordinal) ? word.Substring(7) : word).ToList();
        return signals.Exists(Others.Contains) ? null : signals.Exists(signal => signal.ToUpperInvariant() is "9" or "KILL" or "SIGKILL" or "F");
    }

    // What the child is given: in the call, and in the settings that it names.
    private static IEnumerable<IOperation> Words(IInvocationOperation start)
    {
        var given = start.Arguments.Select(argument => argument.Value).ToList();
        if (!start.TargetMethod.IsStatic && start.Instance is { } instance)
        {
            given.Add(instance);
        }

        var open = new Stack<IOperation>(given);
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        while (open.Count > 0)
        {
            var part = open.Pop();
            yield return part;
            foreach (var local in part.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Where(local => seen.Add(local.Local)))
            {
                foreach (var source in LocalSources.Of(local.Local, start))
                {
                    open.Push(source);
                }

                foreach (var use in References.Of(local.Local, start).Where(use => use.Parent is IPropertyReferenceOperation))
                {
                    var statement = use;
                    while (statement.Parent is not (null or IBlockOperation))
                    {
                        statement = statement.Parent;
                    }

                    if (statement is IExpressionStatementOperation && local.Type?.Name is "Process" or "ProcessStartInfo")
                    {
                        open.Push(statement);
                    }
                }
            }
        }
    }

    private static string? TextOf(IOperation part) => part switch
    {
        ILiteralOperation { ConstantValue.Value: string text } => text,
        IFieldReferenceOperation { ConstantValue: { HasValue: true, Value: string text } } => text,
        ILocalReferenceOperation { ConstantValue: { HasValue: true, Value: string text } } => text,
        IInterpolatedStringTextOperation { Text.ConstantValue.Value: string text } => text,
        _ => null,
    };

    // process.Id
    private static IOperation? ChildIn(IEnumerable<IOperation> parts, ProcessTypes types) =>
        parts.SelectMany(part => part.DescendantsAndSelf())
            .Select(part => part is IPropertyReferenceOperation { Property: var property, Instance: { } instance } && types.IsMember(property, "Id") ? ChildHistory.Named(instance.Unwrap())
                : part is ILocalReferenceOperation { Type.SpecialType: SpecialType.System_Int32, Local: var local } && LocalSources.Of(local, part).Select(source => source.Unwrap()).OfType<IPropertyReferenceOperation>().FirstOrDefault(source => types.IsMember(source.Property, "Id"))?.Instance is { } owner ? ChildHistory.Named(owner.Unwrap())
                : null)
            .FirstOrDefault(child => child is not null);

    private static bool IsSystemCall(IMethodSymbol method) =>
        method.GetDllImportData() is { } import ? IsKillFunction(import.EntryPointName ?? method.Name)
        : method.ContainingType.Name == "Syscall" ? IsKillFunction(method.Name)
        : (method.PartialDefinitionPart ?? method).GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "LibraryImportAttribute") is { } generated
            && IsKillFunction(generated.NamedArguments.FirstOrDefault(argument => argument.Key == "EntryPoint").Value.Value as string ?? method.Name);

    private static bool IsKillFunction(string name) => name is "kill" or "killpg";

    // SIGINT, SIGQUIT and SIGTERM ask; SIGKILL does not.
    private static bool? SignalOf(IOperation signal)
    {
        signal = signal is IConversionOperation conversion ? conversion.Operand : signal;
        return signal is IFieldReferenceOperation { Field: { ContainingType.TypeKind: TypeKind.Enum, Name: var name } } ? name.ToUpperInvariant() switch
            {
                "SIGTERM" or "TERM" or "SIGINT" or "INT" or "SIGQUIT" or "QUIT" or "TERMINATE" or "INTERRUPT" => false,
                "SIGKILL" or "KILL" => true,
                _ => null,
            }
            : signal.ConstantValue is { HasValue: true, Value: int number } ? number switch { 2 or 3 or 15 => false, 9 => true, _ => null }
            : null;
    }

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
