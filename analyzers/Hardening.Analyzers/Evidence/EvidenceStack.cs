using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>A frame of a stack, as a report has it.</summary>
internal sealed record EvidenceFrame(string Method, string? Module, string? File, int Line, int MethodLine, TextSpan Span)
{
    private const int MaxLine = 16_707_565; // symbols have no later one

    /// <summary>Null where it is none.</summary>
    public static EvidenceFrame? Of(JsonValue value) =>
        value["method"]?.Text is { Length: > 0 } method
            ? new EvidenceFrame(method, value["module"]?.Text, value["file"]?.Text is { Length: > 0 } file ? file : null, LineOf(value["line"]), LineOf(value["methodLine"]), value["method"]!.Span)
            : null;

    private static int LineOf(JsonValue? line) => line?.Integer is > 0 and <= MaxLine and var number ? number : 0;
}

/// <summary>Threads with one stack: their innermost statement of the application, and what it called.</summary>
/// <param name="Frame">The statement.</param>
/// <param name="Callee">The method of the framework; null when the statement itself is at work.</param>
/// <param name="Threads">How many threads there are.</param>
/// <param name="IsPool">They are threads of the thread pool.</param>
internal sealed record EvidenceStack(EvidenceFrame Frame, string? Callee, int Threads, bool IsPool)
{
    /// <summary>Null where no statement of the application is on it.</summary>
    public static EvidenceStack? Of(JsonValue group)
    {
        string? callee = null;
        var frames = group["frames"]?.Items ?? [];
        foreach (var value in frames)
        {
            if (EvidenceFrame.Of(value) is not { } frame)
            {
                continue;
            }

            if (FrameKinds.IsApplication(frame.Method, frame.Module))
            {
                var isPool = frames.Any(other => other["method"]?.Text is { } method && FrameKinds.IsPool(method));
                return new EvidenceStack(frame, callee, Math.Max(1, group["threadIds"]?.Items.Count ?? 1), isPool);
            }

            callee = frame.Method;
        }

        return null;
    }
}
