namespace Hardening.Analyzers.Facts;

/// <summary>What code runs once for: an element, a request, a tick, an event.</summary>
internal sealed class Root(string per, ILoopOperation? loop, IOperation? source, IOperation? function = null)
{
    /// <summary>As a message names it: "request".</summary>
    public string Per { get; } = per;

    /// <summary>The loop, if it is one of the function's own.</summary>
    public ILoopOperation? Loop { get; } = loop;

    /// <summary>What is walked by a call that takes a function for each element: <c>items.Select(…)</c>.</summary>
    public IOperation? Source { get; } = source;

    /// <summary>The lambda or method group that is given away to run for each; null for a loop, and for a method that is a handler by its type.</summary>
    public IOperation? Function { get; } = function;

    /// <summary>The uses of methods that lead from there to the operation, the one next to the operation first; none where it stands there itself.</summary>
    public ImmutableArray<IOperation> Path { get; private set; } = ImmutableArray<IOperation>.Empty;

    /// <summary>The same for what a method does that is used there.</summary>
    internal Root Through(IOperation use) => new(Per, Loop, Source, Function) { Path = Path.Insert(0, use) };
}

/// <summary>Which code runs per item: again and again, as often as the outside likes.</summary>
internal sealed class Roots(Compilation compilation, Callers callers)
{
    public const string Request = "request";

    // Callers of callers; what runs per item further up is rarely meant by it.
    private const int MostCalls = 4;

    // Raised once or so in the life of an object; a thread for that is no thread per item.
    private static readonly ImmutableHashSet<string> RareEvents = ImmutableHashSet.Create(
        StringComparer.Ordinal, "Load", "Loaded", "Unloaded", "Shown", "Opened", "Initialized", "Startup", "Activated", "FormClosing", "FormClosed",
        "Closing", "Closed", "Exit", "ProcessExit", "DomainUnload", "CancelKeyPress", "UnhandledException", "Disposed");

    private readonly RootTypes _types = new(compilation);

    /// <summary>
    /// All that the operation runs per, from the innermost on: a loop in a request handler gives the loop, then the request.
    /// A method that only such code calls runs per the same.
    /// </summary>
    public IEnumerable<Root> Of(IOperation operation, ISymbol containing) => Of(operation, containing, MostCalls);

    /// <summary>Something of the compilation can answer a request.</summary>
    public bool HaveRequests => _types.HaveRequests;

    /// <summary>The function itself is what answers a request: a handler, or what is given to an endpoint in a document of its type. Callers are not looked at.</summary>
    public bool AnswersRequest(IOperation operation, ISymbol containing)
    {
        if (!_types.HaveRequests)
        {
            return false;
        }

        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case IAnonymousFunctionOperation lambda when UseOf(lambda) is var use && (use.Per == Request || !use.RunsWhereItStands):
                    return use.Per == Request;
                case ILocalFunctionOperation { Symbol: var local }:
                    return IsGivenToRequests(local);
            }
        }

        return containing is IMethodSymbol method && (_types.IsRequestHandler(method) || IsGivenToRequests(method));
    }

    private bool IsGivenToRequests(IMethodSymbol method)
    {
        foreach (var group in callers.GroupsOf(method))
        {
            if (UseOf(group).Per == Request)
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<Root> Of(IOperation operation, ISymbol? containing, int calls)
    {
        for (var (node, parent) = (operation, operation.Parent); parent is not null; (node, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case ILoopOperation loop when RepeatedBy(loop, node):
                    yield return new Root("iteration of a loop", loop, source: null);
                    break;
                case IAnonymousFunctionOperation lambda:
                    var use = UseOf(lambda);
                    if (use.Per is not null)
                    {
                        yield return new Root(use.Per, loop: null, use.Source, lambda);
                    }

                    if (!use.RunsWhereItStands)
                    {
                        yield break;
                    }

                    break;
                case ILocalFunctionOperation { Symbol: var local }:
                    foreach (var root in OfMethod(local, calls))
                    {
                        yield return root;
                    }

                    yield break;
            }
        }

        foreach (var root in containing is IMethodSymbol method ? OfMethod(method, calls) : [])
        {
            yield return root;
        }
    }

    private static bool RepeatedBy(ILoopOperation loop, IOperation part) => loop switch
    {
        IForEachLoopOperation each => part == each.Body,
        IForLoopOperation counted => !counted.Before.Contains(part),
        _ => true,
    };

    private List<Root> OfMethod(IMethodSymbol method, int calls)
    {
        var roots = new List<Root>();
        if (_types.IsRequestHandler(method))
        {
            roots.Add(new Root(Request, loop: null, source: null));
            return roots;
        }

        var uses = callers.Of(method);
        if (uses.IsDefault)
        {
            return roots;
        }

        // Given away as a callback: that is enough, whoever else calls it.
        foreach (var use in uses)
        {
            if (use is IMethodReferenceOperation && UseOf(use).Per is { } per)
            {
                roots.Add(new Root(per, loop: null, UseOf(use).Source, use));
                return roots;
            }
        }

        if (calls > 0 && callers.AreAllHere(method))
        {
            foreach (var use in uses)
            {
                if (IsIn(method, use))
                {
                    continue;
                }

                var found = use is IInvocationOperation || UseOf(use).RunsWhereItStands ? Of(use, Callers.MemberOf(use), calls - 1).ToList() : [];
                if (found.Count == 0)
                {
                    return found;
                }

                roots.AddRange(found.Select(root => root.Through(use)));
            }
        }

        return roots;
    }

    private static bool IsIn(IMethodSymbol method, IOperation use) =>
        method.DeclaringSyntaxReferences.Any(declaration => declaration.SyntaxTree == use.Syntax.SyntaxTree && declaration.Span.Contains(use.Syntax.Span));

    // What a lambda or a method group is given to.
    private (string? Per, bool RunsWhereItStands, IOperation? Source) UseOf(IOperation function)
    {
        var value = function;
        while (value.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        if (_types.IsRequestDelegate(value.Type) || function is IAnonymousFunctionOperation { Symbol: var symbol } && symbol.Parameters.Any(_types.IsHttpContext))
        {
            return (Request, false, null);
        }

        return value.Parent switch
        {
            _ when _types.IsTimerCallback(value.Type) => ("timer tick", false, null),
            _ when _types.IsAsyncCallback(value.Type) => ("completed operation", false, null),
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: var registration } } when IsOfFrames(value.Type?.Name + registration) => ("frame", false, null),
            IArgumentOperation { Parent: IInvocationOperation call } => UseIn(call),
            IArgumentOperation { Parent: IObjectCreationOperation { Type: { } created } } => (null, _types.IsThread(created), null),
            IEventAssignmentOperation { Adds: true, EventReference: IEventReferenceOperation { Event: var raised } } => (PerOfEvent(raised), false, null),
            _ => (null, false, null),
        };
    }

    private (string? Per, bool RunsWhereItStands, IOperation? Source) UseIn(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        return method switch
        {
            _ when _types.IsParallelLoop(method) => ("element of a parallel loop", true, null),
            _ when _types.IsWalk(method) => ("element", true, call.Instance ?? call.Arguments.FirstOrDefault()?.Value),
            _ when _types.IsEndpointMap(method) => (Request, false, null),
            _ when _types.StartsWork(method) => (null, true, null),
            { Name: "Subscribe" } when _types.IsObservable(call.Instance?.Type ?? method.Parameters.FirstOrDefault()?.Type) => ("event", false, null),
            _ => (null, false, null),
        };
    }

    private static string? PerOfEvent(IEventSymbol raised) => raised.Name switch
    {
        "Tick" or "Elapsed" => "timer tick",
        var name when RareEvents.Contains(name) || IsOfUserInterface(raised.ContainingType) => null,
        var name when Has(name, "Frame") || Has(name, "Image") => "frame",
        _ => "event",
    };

    // Vendors' libraries share no types, but this word.
    private static bool IsOfFrames(string names) =>
        Has(names, "callback") && (Has(names, "frame") || Has(names, "image") || Has(names, "capture") || Has(names, "grab"));

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;

    // Clicks come at the pace of a hand.
    private static bool IsOfUserInterface(INamedTypeSymbol type)
    {
        var name = type.ContainingNamespace.ToDisplayString();
        return name.StartsWith("System.Windows", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.UI.Xaml", StringComparison.Ordinal)
            || name.StartsWith("Windows.UI.Xaml", StringComparison.Ordinal)
            || name.StartsWith("Avalonia", StringComparison.Ordinal)
            || name.StartsWith("Gtk", StringComparison.Ordinal);
    }
}
