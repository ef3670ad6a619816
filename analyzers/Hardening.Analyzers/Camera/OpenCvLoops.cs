using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Camera;

/// <summary>The functions of OpenCV that spread their work over its own threads, and the code of this compilation that calls them.</summary>
internal sealed class OpenCvLoops(Compilation compilation, CompilationFacts facts)
{
    // Longer paths are never read.
    private const int MostCalls = 6;

    // Of the functions that cameras need, those whose loops are parallel.
    private static readonly ImmutableHashSet<string> Functions = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "GaussianBlur", "Blur", "BoxFilter", "SqrBoxFilter", "MedianBlur", "BilateralFilter", "Filter2D", "SepFilter2D", "Sobel", "Scharr", "Laplacian", "Canny",
        "Erode", "Dilate", "MorphologyEx", "CvtColor", "CvtColorTwoPlane", "Demosaicing", "Resize", "WarpAffine", "WarpPerspective", "Remap", "Undistort", "InitUndistortRectifyMap",
        "Threshold", "AdaptiveThreshold", "EqualizeHist", "CalcHist", "LUT", "MatchTemplate", "Dft", "Dct", "PyrDown", "PyrUp", "PyrMeanShiftFiltering",
        "FastNlMeansDenoising", "FastNlMeansDenoisingColored", "CalcOpticalFlowPyrLK", "CalcOpticalFlowFarneback", "CornerHarris", "CornerMinEigenVal", "GoodFeaturesToTrack",
        "HoughCircles", "DistanceTransform", "ConnectedComponents", "ConnectedComponentsWithStats", "ConnectedComponentsEx", "DetectMultiScale",
        "SmoothGaussian", "SmoothMedian", "SmoothBlur", "SmoothBilateral");

    private readonly ConcurrentDictionary<IMethodSymbol, Body> _bodies = new(SymbolEqualityComparer.Default);
    private readonly Lazy<bool> _haveSetting = new(() => compilation.SyntaxTrees.Any(SetsThreads));

    /// <summary>Somebody has decided how many threads OpenCV takes.</summary>
    public bool HaveSetting => _haveSetting.Value;

    public static bool ArePossible(Compilation compilation) =>
        compilation.GetTypeByMetadataName("OpenCvSharp.Cv2") is not null || compilation.GetTypeByMetadataName("Emgu.CV.CvInvoke") is not null;

    /// <summary>The first call in the function that runs such a loop, itself or through calls, and the path to it: <c>Inspect → Cv2.GaussianBlur</c>.</summary>
    public (IOperation At, string Path)? In(IOperation function)
    {
        foreach (var operation in OperationsOf(function))
        {
            if ((NameOf(operation) ?? (facts.Graph.TargetOf(operation) is { } target ? Behind(target) : null)) is { } path)
            {
                return (operation, path);
            }
        }

        return null;
    }

    // By the shortest path, each method once.
    private string? Behind(IMethodSymbol method)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { method };
        var open = new Queue<(IMethodSymbol Method, string Path, int Calls)>();
        open.Enqueue((method, Names.Of(method), 1));
        while (open.Count > 0)
        {
            var (current, path, calls) = open.Dequeue();
            var body = _bodies.GetOrAdd(current, Read);
            if (body.Loop is { } loop)
            {
                return $"{path} → {loop}";
            }

            foreach (var callee in calls < MostCalls ? body.Callees : ImmutableArray<IMethodSymbol>.Empty)
            {
                if (seen.Add(callee))
                {
                    open.Enqueue((callee, $"{path} → {Names.Of(callee)}", calls + 1));
                }
            }
        }

        return null;
    }

    // An async method or an iterator is read too: whoever calls one means its body.
    private Body Read(IMethodSymbol method)
    {
        var declared = (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.FirstOrDefault();
        if (declared?.GetSyntax() is not { } syntax || facts.Graph.ModelOf(syntax.SyntaxTree).GetOperation(syntax) is not { } body)
        {
            return new Body(null, ImmutableArray<IMethodSymbol>.Empty);
        }

        var callees = ImmutableArray.CreateBuilder<IMethodSymbol>();
        foreach (var operation in OperationsOf(body))
        {
            if (NameOf(operation) is { } loop)
            {
                return new Body(loop, ImmutableArray<IMethodSymbol>.Empty);
            }

            if (facts.Graph.TargetOf(operation) is { } callee)
            {
                callees.Add(callee);
            }
        }

        return new Body(null, callees.ToImmutable());
    }

    // With lambdas that run at once: frames.ForEach(frame => …).
    private static IEnumerable<IOperation> OperationsOf(IOperation function)
    {
        foreach (var operation in Bodies.Operations(function))
        {
            yield return operation;
            if (operation is IAnonymousFunctionOperation && operation != function && RunAtOnce.By(operation) is not null)
            {
                foreach (var inner in OperationsOf(operation))
                {
                    yield return inner;
                }
            }
        }
    }

    private static string? NameOf(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: var name, ContainingType: { } type } } && (Functions.Contains(name) || IsNet(name, type) || IsBackground(name, type)) && Libraries.IsOfOpenCv(type)
            ? $"{type.Name}.{name}"
            : null;

    private static bool IsNet(string name, INamedTypeSymbol type) => name == "Forward" && type.Name == "Net";

    private static bool IsBackground(string name, INamedTypeSymbol type) => name == "Apply" && type.Name.StartsWith("BackgroundSubtractor", StringComparison.Ordinal);

    // Cv2.SetNumThreads(1), CvInvoke.NumThreads = 1, OpenCvThreads.Configure(…), and the variables of the environment.
    private static bool SetsThreads(SyntaxTree tree) =>
        Mentions.Any("NumThreads", tree) && (Mentions.Of("SetNumThreads", tree).Any() || Mentions.Of("NumThreads", tree).Any(IsSet))
        || Mentions.Any("OpenCvThreads", tree) && Mentions.Of("OpenCvThreads", tree).Any()
        || Mentions.Any("OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER", tree)
        || Mentions.Any("OPENCV_FOR_THREADS_NUM", tree);

    private static bool IsSet(SimpleNameSyntax name) => name.Parent is { Parent: AssignmentExpressionSyntax } property && property.ToString() == "CvInvoke.NumThreads";

    private sealed class Body(string? loop, ImmutableArray<IMethodSymbol> callees)
    {
        public string? Loop { get; } = loop;

        public ImmutableArray<IMethodSymbol> Callees { get; } = callees;
    }
}
