using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Looks for work in operations, and in the methods of this compilation that they call.</summary>
internal sealed partial class FrameWork(Captures captures, CompilationFacts facts, Compilation compilation)
{
    private const int MostCalls = 4;

    private static readonly ImmutableHashSet<string> Shown = ImmutableHashSet.Create(StringComparer.Ordinal, "ImShow", "Imshow", "ShowImage");

    // Windows, keys, marks drawn into the picture, settings.
    private static readonly ImmutableHashSet<string> Light = ImmutableHashSet.Create(
        StringComparer.Ordinal, "WaitKey", "WaitKeyEx", "PollKey", "NamedWindow", "DestroyWindow", "DestroyAllWindows", "MoveWindow", "ResizeWindow", "SetWindowProperty", "GetWindowProperty",
        "SetWindowTitle", "SetMouseCallback", "CreateTrackbar", "GetTrackbarPos", "SetTrackbarPos", "PutText", "GetTextSize", "Rectangle", "Circle", "Line", "ArrowedLine", "Ellipse", "DrawMarker",
        "Polylines", "SetNumThreads", "GetNumThreads", "UseOptimized", "SetUseOptimized", "GetTickCount", "GetTickFrequency", "GetCpuTickCount", "GetBuildInformation", "BoundingRect", "ContourArea");

    private static readonly ImmutableHashSet<string> Preparations = ImmutableHashSet.Create(
        StringComparer.Ordinal, "CvtColor", "Resize", "Flip", "Rotate", "Transpose", "ConvertTo", "Convert", "ToBitmap", "ToImage", "ToBitmapSource", "ToWriteableBitmap");

    private static readonly ImmutableHashSet<string> ImageWork = ImmutableHashSet.Create(
        StringComparer.Ordinal, "GaussianBlur", "Blur", "MedianBlur", "BilateralFilter", "BoxFilter", "Filter2D", "Canny", "Threshold", "AdaptiveThreshold", "Erode", "Dilate", "MorphologyEx", "Sobel", "Scharr",
        "Laplacian", "EqualizeHist", "MatchTemplate", "HoughCircles", "HoughLines", "HoughLinesP", "CornerHarris", "GoodFeaturesToTrack", "WarpAffine", "WarpPerspective", "Remap", "PyrUp", "PyrDown",
        "Dft", "FindContours", "FindContoursAsArray", "FindContoursAsMat", "ConnectedComponents", "ConnectedComponentsEx", "SaveImage", "Save", "ImWrite", "ImEncode", "ToBytes", "ToMemoryStream", "WriteToStream", "ToJpegData",
        "SmoothGaussian", "SmoothBlur", "SmoothMedian", "SmoothBilateral", "ThresholdBinary", "ThresholdAdaptive", "InRange", "AbsDiff", "Mul", "Inv");

    private readonly FrameTypes? _frames = FrameTypes.Of(compilation, facts);
    private readonly AsyncIo _asyncIo = new(facts.Graph, new TaskTypes(compilation));
    private readonly ConcurrentDictionary<IMethodSymbol, WorkDone> _methods = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Grab?> _grabs = new(SymbolEqualityComparer.Default);

    /// <summary>What a loop does in a round with a frame that nothing interrupts, after it has handed on that frame, if it does.</summary>
    /// <param name="loop">The loop that takes the frames.</param>
    /// <param name="test">What its conditions say about the frame; null where the grab is behind a call.</param>
    public WorkDone Round(ILoopOperation loop, FrameTest? test)
    {
        var done = default(WorkDone);
        if (loop is IWhileLoopOperation { Condition: { } condition })
        {
            Walk(condition, test, isLoop: true, MostCalls, ref done);
        }

        Walk(loop.Body, test, isLoop: true, MostCalls, ref done);
        return done;
    }

    /// <summary>The grab in the method that is called, once for each call: in no loop of its own.</summary>
    public Grab? GrabBehind(IInvocationOperation call) => facts.Graph.TargetOf(call) is { } target
        ? _grabs.GetOrAdd(target, method => Bodies.Of(method, facts.Graph) is { } body ? Bodies.Operations(body).Select(captures.GrabOf).FirstOrDefault(grab => grab is { } found && GrabOutcome.LoopThatRepeats(found.Call) is null) : null)
        : null;

    private WorkDone Of(IOperation operation, int calls) => operation switch
    {
        IInvocationOperation call when captures.GrabOf(call) is not null => default,
        IInvocationOperation { TargetMethod: var method } call when Libraries.IsOfOpenCv(method) => OfOpenCv(call, method),
        IInvocationOperation call when HandOn.IsOne(call, _frames) => new WorkDone(null, null, shows: false, handsOn: true),
        IInvocationOperation call => OfCall(call, calls),
        IAwaitOperation { Operation: var awaited } => OfAwait(awaited, calls),
        ISimpleAssignmentOperation assignment when HandOn.IsMailbox(assignment, _frames) => new WorkDone(null, null, shows: false, handsOn: true),
        IObjectCreationOperation creation => OfTarget(creation, calls),
        IPropertyReferenceOperation => facts.Blocking.Find(operation) is { IsWait: true } wait && IsOfTask(operation) ? Working(wait.Name) : default,
        _ => default,
    };

    private WorkDone OfOpenCv(IInvocationOperation call, IMethodSymbol method)
    {
        var name = $"{method.ContainingType.Name}.{method.Name}";
        if (Shown.Contains(method.Name))
        {
            return new WorkDone(null, null, shows: true, handsOn: false);
        }

        if (Light.Contains(method.Name) || captures.IsCapture(method.ContainingType) || method.MethodKind == MethodKind.PropertyGet)
        {
            return default;
        }

        if (Preparations.Contains(method.Name))
        {
            return new WorkDone(null, name, shows: false, handsOn: false);
        }

        if (facts.Images?.IsImage(method.ContainingType) == true)
        {
            return ImageWork.Contains(method.Name) || method.Name is "At" or "Get" or "Set" && IsPerPixel(call) ? Working(name) : default;
        }

        return method.ContainingType.Name is "Cv2" or "CvInvoke" || call.Arguments.Any(argument => IsImage(argument.Value)) || facts.Images?.IsImage(method.ReturnType) == true ? Working(name) : default;
    }

    private WorkDone OfCall(IInvocationOperation call, int calls)
    {
        var method = call.TargetMethod;
        if (method.ContainingType is { Name: "Parallel", ContainingNamespace.Name: "Tasks" })
        {
            return OfLambdas(call, calls);
        }

        if (IsModel(method) || facts.Heavy.Find(call, withQueries: false) is not null)
        {
            return Working($"{method.ContainingType.Name}.{method.Name}");
        }

        // A person at the console, and pauses, are no work.
        if (facts.Blocking.Find(call) is { } blocking)
        {
            return method.ContainingType.Name != "Console" && (!blocking.IsWait || method.Name == "WaitForExit" || IsOfTask(call)) ? Working(blocking.Name) : default;
        }

        return OfTarget(call, calls);
    }

    private WorkDone OfAwait(IOperation awaited, int calls)
    {
        awaited = awaited.Unwrap();
        if (awaited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } inner })
        {
            awaited = inner.Unwrap();
        }

        if (awaited is not IInvocationOperation call)
        {
            return default;
        }

        if (call.TargetMethod is { Name: "Run" or "StartNew", ContainingType.Name: "Task" or "TaskFactory" })
        {
            return OfLambdas(call, calls);
        }

        return _asyncIo.Find(call) is { } io ? Working(io)
            : calls > 0 && facts.Graph.TargetOf(call) is { IsAsync: true } target && Bodies.Of(target, facts.Graph) is { } body ? In(target, body, calls)
            : default;
    }

    private WorkDone OfTarget(IOperation call, int calls) =>
        calls > 0 && facts.Graph.TargetOf(call) is { IsAsync: false } target && facts.Graph.BodyOf(target, CancellationToken.None) is { } body ? In(target, body, calls) : default;

    // What is found depends on the calls that are left; a path that is cut off there is longer than anybody reads.
    private WorkDone In(IMethodSymbol target, IOperation body, int calls)
    {
        if (!_methods.TryGetValue(target, out var known))
        {
            known = All(body, calls - 1);
            _methods.TryAdd(target, known);
        }

        return known.Through(target);
    }

    private WorkDone OfLambdas(IInvocationOperation call, int calls)
    {
        var all = default(WorkDone);
        foreach (var argument in call.Arguments)
        {
            if (calls > 0 && Bodies.Of(argument.Value, facts.Graph) is { } function and not IMethodReferenceOperation)
            {
                foreach (var operation in Bodies.Operations(function))
                {
                    all = all.And(Of(operation, calls - 1));
                }
            }
        }

        return all;
    }

    private WorkDone All(IOperation body, int calls)
    {
        var all = default(WorkDone);
        Walk(body, test: null, isLoop: false, calls, ref all);
        return all;
    }

    private static WorkDone Working(string name) => new(name, null, shows: false, handsOn: false);

    private bool IsImage(IOperation value) => facts.Images?.IsImage(Grab.Bare(value).Type) == true || value.Type?.Name is "InputArray" or "OutputArray" or "IInputArray" or "IOutputArray";

    // In a loop of its own, once for each row or pixel.
    private static bool IsPerPixel(IOperation call) => GrabOutcome.LoopThatRepeats(call) is IForLoopOperation { AtLoopBottom.IsEmpty: false } inner && GrabOutcome.LoopThatRepeats(inner) is not null;

    // frame.Result, task.Wait(): the work of another thread that the loop waits for. A delay is none.
    private static bool IsOfTask(IOperation wait)
    {
        var (task, type) = wait switch
        {
            IInvocationOperation call => (call.Instance, call.TargetMethod.ContainingType.Name),
            IPropertyReferenceOperation property => (property.Instance, property.Property.ContainingType.Name),
            _ => (null, ""),
        };
        return type is "Task" or "TaskAwaiter" or "ConfiguredTaskAwaiter" && task?.Descendants().Prepend(task).Any(part => part is IInvocationOperation { TargetMethod.Name: "Delay" or "WaitAsync" }) != true;
    }

    // Inference and recognition by libraries that many use.
    private static bool IsModel(IMethodSymbol method) => (method.ContainingType.Name, method.Name) is ("InferenceSession", "Run") or ("TesseractEngine", "Process") or ("PredictionEngine", "Predict")
        || method.Name == "Decode" && method.ContainingNamespace.ToDisplayString().StartsWith("ZXing", StringComparison.Ordinal);
}
