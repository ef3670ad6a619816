using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Code that runs once for each frame: a frame callback, a loop that takes frames from a camera or walks them, and methods that only such code calls.</summary>
internal static class PerFrame
{
    private static readonly ImmutableArray<string> Takes = ImmutableArray.Create(
        "Read", "TryRead", "Grab", "TryGrab", "Get", "TryGet", "Next", "Capture", "TryCapture", "Acquire", "TryAcquire", "Retrieve", "Query", "Receive", "TryReceive", "Take", "TryTake", "Pop", "TryPop", "Wait", "Poll");

    public static bool Runs(IOperation operation, ISymbol containing, CompilationFacts facts, FrameCallbacks callbacks)
    {
        if (callbacks.Around(operation, containing) is not null)
        {
            return true;
        }

        foreach (var root in facts.Roots.Of(operation, containing))
        {
            if (root.Per == "frame" || (root.Loop is { } loop ? TakesFrames(loop) : root.Per.StartsWith("element", StringComparison.Ordinal) && IsGivenFrame(operation)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TakesFrames(ILoopOperation loop) =>
        loop is IForEachLoopOperation each && each.Locals.Any(local => IsFrame(local.Name, local.Type)) || loop.DescendantsInFunction().Any(IsGrab);

    private static bool IsGivenFrame(IOperation operation) =>
        operation.Function() is IAnonymousFunctionOperation { Symbol.Parameters: var parameters } && parameters.Any(parameter => IsFrame(parameter.Name, parameter.Type));

    private static bool IsFrame(string name, ITypeSymbol type) =>
        name is "frame" or "image" or "mat" || type.Name is "Mat" or "UMat" || type.Name.EndsWith("Frame", StringComparison.Ordinal);

    private static bool IsGrab(IOperation operation) => operation is IInvocationOperation { TargetMethod: { Name: var name, ContainingType: { } type } method }
        && (Captures.IsName(name) && (name is not ("Read" or "Grab") || type.Name == "VideoCapture")
            || name == "Retrieve" && type.Name == "VideoCapture"
            || (Has(name, "Frame") || Has(name, "Image") || GivesAddress(method)) && Begins(name));

    // sensor.TryReceive(limit, out IntPtr pixels, …): its buffer, for a while.
    private static bool GivesAddress(IMethodSymbol method) =>
        method.Parameters.Any(parameter => parameter.RefKind == RefKind.Out && FrameTypes.IsAddress(parameter.Type));

    private static bool Begins(string name)
    {
        foreach (var verb in Takes)
        {
            if (name.StartsWith(verb, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.Ordinal) >= 0;
}
