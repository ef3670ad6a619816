using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>What the code around a grab makes of its outcome.</summary>
internal sealed class GrabOutcome
{
    private readonly Captures _captures;
    private readonly CompilationFacts _facts;

    private GrabOutcome(Grab grab, Captures captures, CompilationFacts facts)
    {
        (Grab, _captures, _facts) = (grab, captures, facts);
        Loop = LoopThatRepeats(grab.Call);
    }

    public Grab Grab { get; }

    /// <summary>The innermost loop of the function that repeats the grab.</summary>
    public ILoopOperation? Loop { get; }

    /// <summary>Nobody asks whether there was a frame, and it is worked on, or grabbed for again.</summary>
    public bool IsIgnored { get; private set; }

    /// <summary>Somebody asks, and without a frame the loop goes round at once.</summary>
    public GrabSpin? Spin { get; private set; }

    public static GrabOutcome Of(Grab grab, Captures captures, CompilationFacts facts)
    {
        var outcome = new GrabOutcome(grab, captures, facts);
        outcome.IsIgnored = grab.Result == GrabResult.Success ? outcome.IgnoresSuccess() : outcome.IgnoresFrame();
        if (!outcome.IsIgnored && !grab.IsVendor)
        {
            outcome.Spin = GrabSpin.Of(outcome, captures, facts);
        }

        return outcome;
    }

    /// <summary>Not the foreach that walks what the operation gives, nor the for that it stands before.</summary>
    public static ILoopOperation? LoopThatRepeats(IOperation operation)
    {
        for (var (part, outer) = (operation, operation.Parent); outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); (part, outer) = (outer, outer.Parent))
        {
            if (outer is ILoopOperation loop && loop switch
            {
                IForEachLoopOperation each => part == each.Body,
                IForLoopOperation counted => !counted.Before.Contains(part),
                _ => true,
            })
            {
                return loop;
            }
        }

        return null;
    }

    /// <summary>for (var i = 0; i &lt; 5; i++): a few frames thrown away until the exposure has settled, or to empty the driver's buffer.</summary>
    public static bool IsCounted(ILoopOperation? loop) =>
        loop is IForLoopOperation
        {
            Condition: IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual or BinaryOperatorKind.NotEquals },
            AtLoopBottom.IsEmpty: false,
        };

    /// <summary>The expression whose value is that of the grab, as it stands in a statement or condition.</summary>
    public static IOperation Whole(IOperation call)
    {
        while (call.Parent is IConversionOperation { OperatorMethod: null } or IParenthesizedOperation
            || call.Parent is IConditionalAccessOperation access && access.WhenNotNull == call)
        {
            call = call.Parent;
        }

        return call;
    }

    /// <summary>The local that alone takes the result, if one does.</summary>
    public static ILocalSymbol? Taken(IOperation call) => Whole(call).Parent switch
    {
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => local,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } => local,
        _ => null,
    };

    /// <summary>The local, field or property that takes the result.</summary>
    public static ISymbol? Holder(IOperation call) =>
        Taken(call) ?? (Whole(call).Parent is ISimpleAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation } assignment ? FrameChecks.Variable(assignment.Target) : null);

    private bool IgnoresSuccess() => IsDropped(Grab.Call) && !IsAskedElsewhere() && Frame() switch
    {
        // Only thrown away.
        (null, true) => false,
        (null, false) => Loop is not null && !IsCounted(Loop),
        ({ } frame, _) => !FrameChecks.IsChecked(frame, Surroundings(frame), _facts.Graph) && (IsUsed(frame) || Loop is not null && !IsCounted(Loop) && !IsReturned(frame)),
    };

    // The call stands alone, goes into a discard or into a local that nobody reads.
    private static bool IsDropped(IOperation call) =>
        Whole(call).Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation }
        || Taken(call) is { } local
            && References.Of(local, call).All(reference => reference.Parent is ISimpleAssignmentOperation { Target: var target } && target == reference);

    // Another grab in the same loop is asked, and this one only skips a frame.
    private bool IsAskedElsewhere()
    {
        var source = Grab.Source is { } instance ? FrameChecks.Variable(instance) : null;
        var own = IsCounted(Loop) ? LoopThatRepeats(Loop!) : Loop;
        return Grab.Call.Root().Descendants().Any(operation =>
            operation is IInvocationOperation call && call != Grab.Call
            && (_captures.GrabOf(call) is { Result: GrabResult.Success } || IsRetrieve(call))
            && !IsDropped(call)
            && (source is null || FrameChecks.Are(source, Grab.SourceOf(call)!))
            && (own is null || own.Syntax.Span.Contains(call.Syntax.Span)));
    }

    // What Read fills, or the Retrieve after a Grab; unknown where the image has no name.
    private (ISymbol? Frame, bool IsNameless) Frame()
    {
        if (Grab.Image is { } image)
        {
            var filled = FrameChecks.Variable(image);
            return (filled, filled is null);
        }

        var retrieved = Grab.Call.Root().Descendants().OfType<IInvocationOperation>().FirstOrDefault(call => IsRetrieve(call) && call.Syntax.SpanStart > Grab.Call.Syntax.SpanStart);
        return (retrieved is { Arguments.IsEmpty: false } ? FrameChecks.Variable(retrieved.Arguments[0].Value) : null, IsNameless: retrieved is not null);
    }

    private bool IsRetrieve(IInvocationOperation call) => call.TargetMethod is { Name: "Retrieve", ContainingType: var type } && _captures.IsCapture(type);

    private IEnumerable<IOperation> Surroundings(ISymbol frame) =>
        frame is IFieldSymbol or IPropertySymbol && SymbolEqualityComparer.Default.Equals(frame.ContainingType.ContainingAssembly, Grab.Call.SemanticModel?.Compilation.Assembly)
            ? MemberUses.InAllParts(frame, _facts.Graph).Concat(Grab.Call.Root().Descendants())
            : Grab.Call.Root().Descendants();

    // By anything but the capture, and other than to be made or thrown away.
    private bool IsUsed(ISymbol frame) => Grab.Call.Root().Descendants().Any(operation =>
        operation is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation
        && FrameChecks.Are(frame, operation)
        && (operation.Syntax.SpanStart > Grab.Call.Syntax.SpanStart || Loop is not null)
        && !IsOfCapture(operation)
        && !IsLeft(operation));

    private bool IsOfCapture(IOperation frame)
    {
        while (frame.Parent is IConversionOperation or IArrayElementReferenceOperation)
        {
            frame = frame.Parent;
        }

        return frame.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.ContainingType: var type } } && _captures.IsCapture(type);
    }

    private static bool IsLeft(IOperation frame) => frame.Parent switch
    {
        IInvocationOperation { TargetMethod.Name: "Dispose" or "Release" } => true,
        // Its caller may ask.
        IInvocationOperation { TargetMethod.Name: "Clone", Parent: IReturnOperation } => true,
        ISimpleAssignmentOperation assignment => assignment.Target == frame,
        IReturnOperation or IUsingOperation or ITupleOperation => true,
        IConditionalAccessOperation access => access.Operation == frame,
        _ => false,
    };

    private bool IsReturned(ISymbol frame) =>
        Grab.Call.Root().Descendants().Any(operation => operation is IReturnOperation { ReturnedValue: { } value } && FrameChecks.Are(frame, value));

    // RetrieveMat, QueryFrame, and what the libraries of camera makers give.
    private bool IgnoresFrame()
    {
        var whole = Whole(Grab.Call);
        if (FrameChecks.IsLookedAt(whole, _facts.Graph) || whole.Parent is IConditionalAccessOperation || IsAskedElsewhere())
        {
            return false;
        }

        if (Taken(Grab.Call) is { } frame)
        {
            return whole.Parent?.Parent is not (IIsPatternOperation or IBinaryOperation or IConversionOperation)
                && !FrameChecks.IsChecked(frame, Grab.Call.Root().Descendants(), _facts.Graph)
                && IsWorkedOn(References.Of(frame, Grab.Call));
        }

        // Code elsewhere in the type may look before it works.
        return Holder(Grab.Call) is { } member
            ? !FrameChecks.IsChecked(member, Surroundings(member), _facts.Graph)
                && IsWorkedOn(Grab.Call.Root().Descendants().Where(operation => operation is IMemberReferenceOperation && operation.Syntax.SpanStart > whole.Syntax.SpanStart && FrameChecks.Are(member, operation)))
            : IsWorkedOn([whole]);
    }

    // By the library itself or by code that can be read, and that was: what other code does with no frame is not known.
    private bool IsWorkedOn(IEnumerable<IOperation> frames) => frames.Any(frame =>
    {
        while (frame.Parent is IConversionOperation or IParenthesizedOperation)
        {
            frame = frame.Parent;
        }

        return frame.Parent switch
        {
            IInvocationOperation call => call.Instance == frame && call.TargetMethod.Name is not ("Dispose" or "Release"),
            IMemberReferenceOperation member => member.Instance == frame,
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } } =>
                Libraries.IsOfOpenCv(method) || !Grab.IsVendor && (Loop is not null || _facts.Graph.TargetOf(frame.Parent.Parent!) is not null),
            _ => false,
        };
    });
}
