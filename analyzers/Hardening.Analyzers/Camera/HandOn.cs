using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Whether code gives a frame to somebody else who works on it: a queue, a channel, a mailbox, the pool.</summary>
internal static class HandOn
{
    public static bool IsOne(IInvocationOperation call, FrameTypes? frames)
    {
        var method = call.TargetMethod;
        switch (method.Name)
        {
            case "Run" or "StartNew" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem":
                return method.ContainingType.Name is "Task" or "TaskFactory" or "ThreadPool" && !IsAwaited(call);
            case "Exchange" or "CompareExchange" or "Write" when method.ContainingType.Name is "Interlocked" or "Volatile":
            case "Enqueue" or "TryEnqueue" or "EnqueueAsync" or "TryAdd" or "TryWrite" or "WriteAsync" or "Post" or "SendAsync" or "Push" or "Publish" or "PublishAsync" or "Offer" or "TryOffer" or "OnNext" or "Submit" or "Deliver" or "OnFrame":
            case "Add" when method.ContainingType is not { Name: "List" or "HashSet" or "Dictionary" or "Collection" or "LinkedList" }:
                return !IsOfFiles(method.ContainingNamespace) && call.Arguments.Any(argument => Carries(argument.Value, frames));
            default:
                return false;
        }
    }

    /// <summary>lock (_gate) { _latest = frame.Clone(); }</summary>
    public static bool IsMailbox(ISimpleAssignmentOperation assignment, FrameTypes? frames) =>
        assignment.Target is IMemberReferenceOperation && frames?.IsImage(assignment.Value.Unwrap().Type) == true && IsLocked(assignment);

    private static bool IsLocked(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not (null or ILoopOperation or IAnonymousFunctionOperation); outer = outer.Parent)
        {
            if (outer is ILockOperation)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAwaited(IOperation call) => call.Parent is IAwaitOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "Wait" or "GetAwaiter" } or IPropertyReferenceOperation { Property.Name: "Result" };

    private static bool IsOfFiles(INamespaceSymbol? space) => space?.ToDisplayString() == "System.IO";

    // An image, its bytes, or something that has one; a count or a verdict is the result of work, not a frame.
    private static bool Carries(IOperation value, FrameTypes? frames)
    {
        var type = Grab.Bare(value).Type;
        return IsFrame(type, frames)
            || type is INamedTypeSymbol named
                && (named.TypeArguments.Any(argument => IsFrame(argument, frames))
                    || named.GetMembers().Any(member => member is IFieldSymbol { IsStatic: false, Type: var field } && IsFrame(field, frames) || member is IPropertySymbol { IsStatic: false, Type: var property } && IsFrame(property, frames)));
    }

    private static bool IsFrame(ITypeSymbol? type, FrameTypes? frames) => type switch
    {
        null => false,
        IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte } => true,
        _ => frames?.IsFrame(type) == true
            || type.Name is "IMemoryOwner" or "Bitmap"
            || type.Name.EndsWith("Frame", StringComparison.Ordinal) || type.Name.EndsWith("Lease", StringComparison.Ordinal),
    };
}
