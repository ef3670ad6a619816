using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>A loop that takes frames and does all work on them itself.</summary>
internal sealed class GrabLoop
{
    // Less is the pace of a camera; at more the frames between are not wanted.
    private const int SamplingMilliseconds = 200;
    private const int FewFrames = 100;

    private GrabLoop(ILoopOperation loop, string work) => (Loop, Work) = (loop, work);

    public ILoopOperation Loop { get; }

    public string Work { get; }

    /// <param name="grab">What takes a frame.</param>
    /// <param name="place">Where the loop takes it: the grab itself, or the call of the method that contains it.</param>
    /// <param name="work">What is work.</param>
    public static GrabLoop? Of(Grab grab, IOperation place, FrameWork work)
    {
        var test = new FrameTest(grab);
        for (var loop = GrabOutcome.LoopThatRepeats(place); loop is not null; loop = GrabOutcome.LoopThatRepeats(loop))
        {
            if (IsOnDemand(loop, grab, place))
            {
                return null;
            }

            var done = work.Round(loop, place == grab.Call ? test : null);
            if ((done.Work ?? (done.Shows ? null : done.Preparation)) is { } found)
            {
                return new GrabLoop(loop, found);
            }

            // Only a loop that waits for a frame, or throws some away, is a part of the loop around it.
            if (!(GrabOutcome.IsCounted(loop) || loop is IWhileLoopOperation { Condition: { } asked } && test.TrueWhen(asked) == false))
            {
                return null;
            }
        }

        return null;
    }

    // The loop takes a frame when it is told to, or now and then: the others are not missed.
    private static bool IsOnDemand(ILoopOperation loop, Grab grab, IOperation place) => loop switch
    {
        IForEachLoopOperation each => each.IsAsynchronous || !IsOverSources(each, grab),
        IForLoopOperation { Condition: IBinaryOperation { RightOperand.ConstantValue: { HasValue: true, Value: int and <= FewFrames } } } => true,
        IWhileLoopOperation { Condition: { } condition } when condition.Descendants().Any(part => part is IAwaitOperation) => true,
        _ => false,
    } || loop.DescendantsInFunction().Any(operation => operation != place && IsTrigger(operation));

    private static bool IsOverSources(IForEachLoopOperation each, Grab grab) =>
        grab.Source is { } source && source.DescendantsAndSelf().Any(part => part is ILocalReferenceOperation { Local: var local } && each.Locals.Contains(local, SymbolEqualityComparer.Default));

    private static bool IsTrigger(IOperation operation) => operation is IInvocationOperation { TargetMethod: { Name: var name, ContainingType.Name: var type } } call && name switch
    {
        "WaitOne" or "WaitAny" or "SignalAndWait" or "Take" or "ReadLine" or "ReadKey" or "WaitForNextTickAsync" or "WaitToReadAsync" => call.Arguments.All(argument => argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Parameter?.Type.Name == nameof(CancellationToken)),
        "Wait" or "WaitAsync" => type is "SemaphoreSlim" or "ManualResetEventSlim" or "CountdownEvent" or "Barrier",
        "ReadAsync" or "Receive" or "ReceiveAsync" or "Accept" or "AcceptAsync" => type is "ChannelReader" or "Socket" or "UdpClient" or "TcpListener" or "WebSocket" or "ClientWebSocket" or "DataflowBlock",
        "Sleep" or "Delay" => type is "Thread" or "Task" && IsLong(call.Arguments.FirstOrDefault()?.Value.Unwrap()) && !IsAfterFailure(call),
        _ => name.IndexOf("Trigger", StringComparison.Ordinal) >= 0,
    };

    // A time that is not written out can be any.
    private static bool IsLong(IOperation? time) => time switch
    {
        { ConstantValue: { HasValue: true, Value: int milliseconds } } => milliseconds >= SamplingMilliseconds,
        IInvocationOperation { TargetMethod: { Name: "FromMilliseconds", ContainingType.Name: "TimeSpan" }, Arguments: { IsEmpty: false } all } when all[0].Value.Unwrap().ConstantValue is { HasValue: true, Value: { } number } =>
            Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture) >= SamplingMilliseconds,
        _ => true,
    };

    // In a branch or a catch clause: a pause before the next try.
    private static bool IsAfterFailure(IOperation pause)
    {
        for (var outer = pause.Parent; outer is not (null or ILoopOperation); outer = outer.Parent)
        {
            if (outer is IConditionalOperation or ICatchClauseOperation or ISwitchOperation)
            {
                return true;
            }
        }

        return false;
    }
}
