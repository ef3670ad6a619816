using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>Loops that run on threads of their own: several at once, or one that works on frames.</summary>
internal sealed class Workers(Compilation compilation, CompilationFacts facts)
{
    private static readonly ImmutableArray<string> Starters = ImmutableArray.Create("Thread", "Run", "StartNew", "QueueUserWorkItem", "UnsafeQueueUserWorkItem");

    private readonly RootTypes _types = new(compilation);

    /// <summary>As a message names what the lock takes in; null where the loop may well be alone.</summary>
    public string? RunningTogether(ILoopOperation loop, IOperation scope, ISymbol containing)
    {
        var starts = StartsOf(loop.Function(), containing).ToList();
        return starts.Any(start => facts.Roots.Of(start, Callers.MemberOf(start) ?? containing).Any())
            ? "each turn of a loop that several workers run, so they run one at a time"
            : starts.Count > 0 && loop is IForEachLoopOperation each && FrameOf(each) is { } frame && WorksOn(frame, scope)
                ? $"the work on each '{frame.Name}', so whoever needs the lock waits for all of it"
                : null;
    }

    /// <summary>The same for a function that a loop starts on another thread for each of its turns.</summary>
    public string? StartedForEach(IOperation function, ISymbol containing) =>
        CanBeStarted(function, containing) && StartsOf(function, containing).Any(start => facts.Roots.Of(start, Callers.MemberOf(start) ?? containing).Any(root => root.Loop is not null || root.Source is not null))
            ? "the work for which a loop starts threads or tasks, so they run one at a time"
            : null;

    // A cheap test: most methods that are one lock are just called, and most files start nothing.
    private static bool CanBeStarted(IOperation function, ISymbol containing) =>
        function is IAnonymousFunctionOperation
        || (function is ILocalFunctionOperation || containing.DeclaredAccessibility == Accessibility.Private)
            && Starters.Any(name => Mentions.Any(name, function.Syntax.SyntaxTree));

    // Where the function is started on another thread: Task.Run(() => …), new Thread(Work), Task.Run(() => Work(i)).
    private IEnumerable<IOperation> StartsOf(IOperation function, ISymbol containing)
    {
        var method = function switch
        {
            IAnonymousFunctionOperation => null,
            ILocalFunctionOperation { Symbol: var local } => local,
            _ => containing as IMethodSymbol,
        };
        if (method is null)
        {
            return StartOf(function) is { } start ? [start] : [];
        }

        var uses = facts.Callers.Of(method);
        return uses.IsDefault ? [] : uses.Select(use => StartOf(use is IInvocationOperation ? use.Function() : use)).OfType<IOperation>();
    }

    private IOperation? StartOf(IOperation function)
    {
        if (function is not (IAnonymousFunctionOperation or IMethodReferenceOperation))
        {
            return null;
        }

        var value = function;
        while (value.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent is IArgumentOperation { Parent: { } given }
            && (given is IInvocationOperation { TargetMethod: var method } && _types.StartsWork(method) || given is IObjectCreationOperation && _types.IsThread(given.Type))
                ? given
                : null;
    }

    private static ILocalSymbol? FrameOf(IForEachLoopOperation loop) =>
        loop.Locals.FirstOrDefault(local => IsFrame(local.Name) || IsFrame(local.Type.Name));

    private static bool IsFrame(string name) =>
        name == "Mat" || name.IndexOf("frame", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("image", StringComparison.OrdinalIgnoreCase) >= 0;

    // Not only kept: given to code that does something with it.
    private static bool WorksOn(ISymbol frame, IOperation scope)
    {
        return scope.Descendants().Any(operation =>
            operation is IInvocationOperation { TargetMethod: var method } call
            && !PlainTypes.IsInMemory(method.ContainingType)
            && method.Name is not ("Dispose" or "Clone")
            && (Is(call.Instance) || call.Arguments.Any(argument => Is(argument.Value))));

        bool Is(IOperation? value) => value?.Unwrap() is ILocalReferenceOperation { Local: var local } && SymbolEqualityComparer.Default.Equals(local, frame);
    }
}
