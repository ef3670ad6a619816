using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>An async method that is called for each client, message or request, and that nobody waits for: as many run as come.</summary>
internal sealed class ForgottenCall(CompilationFacts facts, TaskTypes types)
{
    private static readonly string[] Arrivals = ["Accept", "GetContext", "WaitForConnection", "Receive", "Read", "TryRead", "Take", "TryTake", "Dequeue", "TryDequeue", "Consume"];

    private readonly AsyncIo _io = new(facts.Graph, types);

    /// <summary>A cheap test that most calls fail.</summary>
    public static bool IsOne(IInvocationOperation call) =>
        call.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation }
        && call.TargetMethod is { IsAsync: true, ReturnsVoid: false };

    /// <summary>What it is called per; null where a limit is seen, or where it waits for no device or network: then it is soon over.</summary>
    public Root? RootOf(IInvocationOperation call, ISymbol containing) =>
        facts.Roots.Of(call, containing).FirstOrDefault() is { } root
        && (root.Per == "request" || root.Loop is { } loop && IsFedFromOutside(loop))
        && !Throttles.HoldBack(call, root.Loop)
        && Bodies.Of(call.TargetMethod, facts.Graph) is { } body && _io.FindIn(body) is not null
            ? root
            : null;

    // What comes in is as much as others send: no list that is there.
    private static bool IsFedFromOutside(ILoopOperation loop) => loop switch
    {
        IForEachLoopOperation each => each.IsAsynchronous || each.Collection.Unwrap() is IInvocationOperation { TargetMethod.Name: "GetConsumingEnumerable" },
        IWhileLoopOperation or IForLoopOperation { Before.IsEmpty: true } => loop.DescendantsInFunction().Any(operation =>
            operation is IInvocationOperation { TargetMethod.Name: var name } && Arrivals.Any(arrival => name.StartsWith(arrival, StringComparison.Ordinal))),
        _ => false,
    };
}
