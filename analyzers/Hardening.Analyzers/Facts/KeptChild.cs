namespace Hardening.Analyzers.Facts;

/// <summary>How a type ends the children that it keeps in a member.</summary>
internal enum KeptEnd
{
    /// <summary>Some code ends them or waits for them, or it cannot be seen that none does.</summary>
    Ended,

    /// <summary>Nothing ever ends one.</summary>
    Never,

    /// <summary>Only their handles are freed.</summary>
    OnlyDisposed,

    /// <summary>One is killed where the next one starts, so the last one stays.</summary>
    OnlyReplaced,
}

/// <summary>A child that a method starts and keeps in a private member of its type, alone or in a collection, with all that the parts of the type do with it.</summary>
internal sealed class KeptChild
{
    private static readonly ImmutableArray<string> Endings = ImmutableArray.Create(
        "Dispose", "Stop", "Close", "Shutdown", "ShutDown", "End", "Exit", "Quit", "Kill", "Terminate", "Cleanup", "CleanUp", "TearDown", "Finalize", "Release", "Abort", "Cancel", "OnClos", "OnStop", "OnFormClos", "OnDeactivat", "OnDestroy");

    private readonly IOperation _created;
    private readonly ProcessTypes _types;
    private readonly List<HeldUse> _held;
    private readonly List<ChildUse> _uses;

    private KeptChild(IOperation created, ISymbol member, Holding child, Holding kept, ProcessTypes types)
    {
        _created = created;
        _types = types;
        Member = member;
        _held = [.. child.AllUses, .. kept.AllUses];
        _uses = [.. ChildUses.Of(child), .. ChildUses.Of(kept)];
    }

    public ISymbol Member { get; }

    /// <summary>Null where the child goes anywhere else too, or where other types can reach the member.</summary>
    public static KeptChild? Of(IOperation created, Holding child, ProcessTypes types) =>
        child is { IsOnlyStored: true, StoredIn: { Count: 1 } stored } && types.Ownership.FollowMember(stored[0]) is { HasEscaped: false } kept
            ? new KeptChild(created, stored[0], child, kept, types)
            : null;

    /// <summary>The method that starts it also waits for it: a tool that runs to its end, in a member so that others can stop it.</summary>
    public bool IsRunToEnd => _uses.Exists(use => use.Kind == ChildUseKind.Wait && use.Here.Root().Syntax == _created.Root().Syntax);

    public KeptEnd End
    {
        get
        {
            if (_uses.Exists(IsEnd) || _held.Exists(IsAskedToEnd))
            {
                return KeptEnd.Ended;
            }

            // An Exited handler that lets go of it, or of a type that has no end itself: the child ends when it likes (an editor that its user closes), and its owner sees that.
            // A child that is fed through its input has no other user.
            var disposes = _uses.FindAll(use => use.Kind == ChildUseKind.Dispose);
            var handlers = _uses.FindAll(use => use.Kind == ChildUseKind.HandleExit);
            if (handlers.Count > 0 && (disposes.Exists(use => use.IsInHelper || use.At.Function() is IAnonymousFunctionOperation || !IsInEnding(use.At)) || !IsOwner(Member.ContainingType) && !_held.Exists(IsFed) && !handlers.Exists(StartsAgain)))
            {
                return KeptEnd.Ended;
            }

            return _uses.Exists(use => use.EndsIt) ? KeptEnd.OnlyReplaced : disposes.Count > 0 ? KeptEnd.OnlyDisposed : KeptEnd.Never;
        }
    }

    private bool IsEnd(ChildUse use) => use.Kind switch
    {
        ChildUseKind.Kill or ChildUseKind.KillTree => !IsReplacement(use),
        ChildUseKind.AskToEnd => true,
        ChildUseKind.Wait => !IsMonitor(use),
        _ => false,
    };

    // Kill(); _child = Process.Start(…);
    private bool IsReplacement(ChildUse kill) =>
        kill.Here.Syntax.SyntaxTree == _created.Syntax.SyntaxTree
        && kill.Here.Function() is not IAnonymousFunctionOperation
        && kill.Here.Function().Syntax == _created.Function().Syntax
        && kill.Here.Syntax.SpanStart < _created.Syntax.SpanStart
        && LeadsToStart(kill.Here);

    // Not where the method returns after the kill, or starts in the other arm of an if: a toggle ends what it has started.
    private bool LeadsToStart(IOperation kill)
    {
        for (IOperation inner = kill, outer = kill.Parent!; outer is not null; inner = outer, outer = outer.Parent!)
        {
            if (outer.Syntax.Span.Contains(_created.Syntax.Span))
            {
                return outer is not (IConditionalOperation or ISwitchOperation or ITryOperation);
            }

            if (outer is ICatchClauseOperation || outer is IBlockOperation block && block.Operations.Any(each => each is IReturnOperation or IThrowOperation or IBranchOperation || each is IExpressionStatementOperation { Operation: IThrowOperation }))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsOwner(INamedTypeSymbol type) => type.AllInterfaces.Any(implemented => implemented.Name is "IHostedService" or "IDisposable" or "IAsyncDisposable");

    private bool StartsAgain(ChildUse handled) =>
        handled.At is IEventAssignmentOperation { HandlerValue: var handler }
        && Bodies.Of(handler, _types.Ownership.Graph!) is { } body
        && _created.SemanticModel?.GetEnclosingSymbol(_created.Syntax.SpanStart) is { } starter
        && body.DescendantsAndSelf().Any(operation => _types.IsStart(operation) || operation is IInvocationOperation { TargetMethod: var called } && (SymbolEqualityComparer.Default.Equals(called, Around(starter)) || called.Name.IndexOf("tart", StringComparison.Ordinal) >= 0));

    private bool IsMonitor(ChildUse wait) => wait.At is IInvocationOperation call && call.Root().Syntax != _created.Root().Syntax && IsMonitor(call, Member);

    /// <summary>
    /// The child of a service is watched by a method that nobody waits for: such a wait lasts as long as the child by intent,
    /// and when the service is stopped it does not end it.
    /// </summary>
    public static bool IsMonitor(IInvocationOperation wait, ISymbol member) =>
        ChildUses.LimitOf(wait) == WaitLimit.None
        && member.ContainingType.AllInterfaces.Any(implemented => implemented.Name == "IHostedService")
        && !IsInEnding(wait)
        && wait.SemanticModel?.GetEnclosingSymbol(wait.Syntax.SpanStart) is { } method
        && (wait.Function() is IAnonymousFunctionOperation || Around(method).DeclaredAccessibility == Accessibility.Private);

    private static bool IsFed(HeldUse held) => held.Property?.Property.Name == "StandardInput";

    // By its id or handle, by the end of its input, or by a word that it understands.
    private static bool IsAskedToEnd(HeldUse held) => held.Property switch
    {
        { Property.Name: "Id" or "Handle" or "SafeHandle" } number => IsGivenAway(number),
        { Property.Name: "StandardInput" } input => IsInEnding(input) || Called(input) is { } call && (call.TargetMethod.Name is "Close" or "Dispose" or "DisposeAsync" || call.Arguments.Any(IsFarewell)) || input.Parent is not IInvocationOperation and not IConditionalAccessOperation and not IPropertyReferenceOperation,
        _ => false,
    };

    private static IInvocationOperation? Called(IOperation value) => value.Parent switch
    {
        IInvocationOperation call when call.Instance == value => call,
        IConditionalAccessOperation { WhenNotNull: IInvocationOperation call } access when access.Operation == value => call,
        _ => null,
    };

    private static bool IsFarewell(IArgumentOperation argument) =>
        argument.Value.Unwrap().ConstantValue is { HasValue: true, Value: string text } && text.Trim().ToLowerInvariant() is "q" or "quit" or "exit" or "stop" or "shutdown" or "bye";

    // A signal by number, a job object; a log line does neither.
    private static bool IsGivenAway(IOperation number)
    {
        var value = number;
        while (value.Parent is IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation or IInvocationOperation { TargetMethod.Name: "ToString" or "DangerousGetHandle" } or IInterpolationOperation or IInterpolatedStringOperation or IBinaryOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } } =>
                !method.Name.StartsWith("Log", StringComparison.Ordinal) && method.ContainingType.Name is not ("Console" or "Debug" or "Trace" or "Log") && !method.ContainingType.Name.EndsWith("Logger", StringComparison.Ordinal),
            IArgumentOperation or IVariableInitializerOperation => true,
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation or IFieldReferenceOperation } => true,
            _ => false,
        };
    }

    private static bool IsInEnding(IOperation operation) =>
        operation.SemanticModel?.GetEnclosingSymbol(operation.Syntax.SpanStart) is { } symbol && Around(symbol).Name.Split('.').Last() is var name && Endings.Any(ending => name.StartsWith(ending, StringComparison.Ordinal));

    private static ISymbol Around(ISymbol symbol)
    {
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction, ContainingSymbol: { } outer })
        {
            symbol = outer;
        }

        return symbol;
    }
}
