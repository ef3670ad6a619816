using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Which parameters are frames that whoever calls back lends for the time of the call: of event handlers, of callbacks, of overrides that a vendor's library calls.</summary>
internal sealed class LentArguments(FrameTypes types, CompilationFacts facts)
{
    private readonly RaisedFrames _raised = new(types, facts);

    public FrameLoan? Of(IParameterSymbol parameter, IOperation use, ISymbol member) =>
        types.IsFrame(parameter.Type) || FrameTypes.IsAddress(parameter.Type) && FrameTypes.IsBufferName(parameter.Name)
            ? Lent(parameter, use, member)
            : null;

    /// <summary>e.Frame, e.GrabResult</summary>
    public FrameLoan? OfProperty(IPropertyReferenceOperation property, IParameterSymbol arguments, ISymbol member) =>
        (types.IsFrame(property.Type)
            || FrameTypes.IsAddress(property.Type) && FrameTypes.IsBufferName(property.Property.Name)
            || types.IsFrame(arguments.Type) && property.Property.Name == "Frame")
        && !IsMadeByGetter(property.Property)
            ? Lent(arguments, property, member)
            : null;

    private FrameLoan? Lent(IParameterSymbol parameter, IOperation use, ISymbol member)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol function || IsDisposedByHandler(parameter, use))
        {
            return null;
        }

        var syntax = FunctionOf(use, function)?.Syntax;
        if (syntax is null)
        {
            return null;
        }

        if (IsVendorsCall(function))
        {
            return new FrameLoan($"it belongs to whoever calls '{function.Name}', and is given back after the call", syntax);
        }

        foreach (var (handler, given) in Handovers(function, use))
        {
            if (NameOfLender(handler, given, parameter) is { } lender)
            {
                return new FrameLoan($"it belongs to {lender}, and is used again after the call", syntax);
            }
        }

        return null;
    }

    // Whoever disposes what he got has taken it over. A vendor's frame is given back by that.
    private bool IsDisposedByHandler(IParameterSymbol parameter, IOperation use) =>
        types.IsImage(parameter.Type)
        && References.Of(parameter, use).Any(reference =>
            reference.Parent is IInvocationOperation { TargetMethod.Name: "Dispose" or "Release" } call && call.Instance == reference
            || reference.Parent is IConditionalAccessOperation { WhenNotNull: IInvocationOperation { TargetMethod.Name: "Dispose" or "Release" } }
            || reference.Parent is IUsingOperation or IVariableInitializerOperation { Parent.Parent.Parent: IVariableDeclarationGroupOperation { Parent: IUsingDeclarationOperation or IUsingOperation } });

    private static IOperation? FunctionOf(IOperation use, IMethodSymbol function)
    {
        for (var current = use.Function(); ; current = current.Function())
        {
            switch (current)
            {
                case IAnonymousFunctionOperation { Symbol: var lambda } when SymbolEqualityComparer.Default.Equals(lambda, function):
                case ILocalFunctionOperation { Symbol: var local } when SymbolEqualityComparer.Default.Equals(local, function):
                    return current;
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    continue;
                default:
                    return function.MethodKind is MethodKind.AnonymousFunction or MethodKind.LocalFunction ? null : current;
            }
        }
    }

    private IEnumerable<(IOperation Handler, Handover Given)> Handovers(IMethodSymbol function, IOperation use)
    {
        if (function.MethodKind != MethodKind.AnonymousFunction)
        {
            return facts.Callers.GroupsOf(function).Select(group => ((IOperation)group, Handover.Of(group)));
        }

        return FunctionOf(use, function) is { } lambda ? [(lambda, Handover.Of(lambda))] : [];
    }

    private string? NameOfLender(IOperation handler, Handover given, IParameterSymbol parameter)
    {
        var value = Handover.AsDelegate(handler);
        var isAddress = FrameTypes.IsAddress(parameter.Type);
        switch (given.To)
        {
            case Runner.Event when value.Parent is IEventAssignmentOperation { EventReference: IEventReferenceOperation { Event: var raised } }:
                return (!isAddress || FrameTypes.IsBufferName(raised.Name) || FrameTypes.SaysFrameCallback(value.Type?.Name ?? "")) && !_raised.AreGivenAway(raised) ? $"whoever raises '{raised.Name}'" : null;
            case Runner.Callback when value.Parent is IArgumentOperation { Parent: IInvocationOperation call }:
                return IsObservable(call) || isAddress && !FrameTypes.SaysFrameCallback(value.Type?.Name + call.TargetMethod.Name) ? null : $"whoever '{call.TargetMethod.Name}' gave the function to";
        }

        return FrameTypes.SaysFrameCallback(value.Type?.Name + Taker(value)) ? "the camera" : null;
    }

    // camera.FrameCallback = OnFrame, SetFrameHandler(OnFrame)
    private static string? Taker(IOperation value) => value.Parent switch
    {
        IArgumentOperation { Parent: IInvocationOperation call } => call.TargetMethod.Name,
        IAssignmentOperation { Target: IMemberReferenceOperation { Member.Name: var name } } => name,
        _ => null,
    };

    // Who gets an element of a stream of values is not said anywhere.
    private static bool IsObservable(IInvocationOperation call)
    {
        var source = (call.Instance ?? call.Arguments.FirstOrDefault()?.Value.Unwrap())?.Type;
        return source is { Name: "IObservable" } || source?.AllInterfaces.Any(implemented => implemented.Name == "IObservable") == true;
    }

    // protected override void OnImageEvent(ManagedImage image)
    private static bool IsVendorsCall(IMethodSymbol function)
    {
        for (var overridden = function.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            if (overridden is { Name: "OnImageEvent", ContainingNamespace.Name: "SpinnakerNET" })
            {
                return true;
            }
        }

        return false;
    }

    // public Mat Frame => _frame.Clone();
    private bool IsMadeByGetter(IPropertySymbol property) =>
        property.GetMethod is { } getter
        && facts.Graph.AnyBodyOf(getter) is { } body
        && body.DescendantsInFunction().OfType<IReturnOperation>().Any(returned => returned.ReturnedValue?.Unwrap() is IInvocationOperation or IObjectCreationOperation);
}
