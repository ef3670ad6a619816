using System.Runtime.CompilerServices;

namespace Hardening.Analyzers.Facts;

/// <summary>What takes frames from cameras: VideoCapture of OpenCvSharp and Emgu CV, and the grabbers of camera makers, by metadata name; resolved once per compilation.</summary>
internal sealed class Captures
{
    // Capture is what VideoCapture was called in Emgu CV 3.1 and before.
    private static readonly string[] CaptureNames = ["OpenCvSharp.VideoCapture", "Emgu.CV.VideoCapture", "Emgu.CV.Capture"];

    private static readonly string[] GrabberNames =
    [
        "Basler.Pylon.IStreamGrabber", "SpinnakerNET.IManagedCamera", "SpinnakerNET.ManagedCamera", "Aravis.Stream", "Aravis.Camera",
    ];

    private static readonly ConditionalWeakTable<Compilation, Captures> All = new();

    private readonly HashSet<INamedTypeSymbol> _captures;
    private readonly HashSet<INamedTypeSymbol> _grabbers;

    private Captures(Compilation compilation)
    {
        (_captures, _grabbers) = (Types(CaptureNames), Types(GrabberNames));
        Ownership = new Ownership(IsCapture, Libraries.IsOfOpenCv, CallGraph.Of(compilation));

        HashSet<INamedTypeSymbol> Types(string[] names) => new(names.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>(), SymbolEqualityComparer.Default);
    }

    /// <summary>Of captures.</summary>
    public Ownership Ownership { get; }

    /// <summary>There is a VideoCapture; without, only the grabbers of camera makers.</summary>
    public bool HaveCaptures => _captures.Count > 0;

    /// <summary>Null where the compilation knows none of the types.</summary>
    public static Captures? Of(Compilation compilation)
    {
        var captures = All.GetValue(compilation, static key => new Captures(key));
        return captures._captures.Count + captures._grabbers.Count > 0 ? captures : null;
    }

    /// <summary>A VideoCapture.</summary>
    public bool IsCapture(ITypeSymbol type) => Is(type, _captures);

    /// <summary>The call takes the next frame; null where it does not.</summary>
    public Grab? GrabOf(IOperation operation) => operation is IInvocationOperation { TargetMethod: { Name: var name } method } call && IsName(name) ? Find(call, method) : null;

    /// <summary>A capture is made: by <c>new</c>, FromCamera or FromFile, or a method of this compilation that makes it for its caller.</summary>
    public bool IsCreation(IOperation operation) => operation switch
    {
        IObjectCreationOperation { Type: { } type } => IsCapture(type),
        IInvocationOperation { TargetMethod: { IsStatic: true, Name: "FromCamera" or "FromFile", ContainingType: var type } } => IsCapture(type),
        IInvocationOperation call => Ownership.IsMadeBy(call, IsCreation),
        _ => false,
    };

    /// <summary>A capture connects: when it is made for a source, or by Open.</summary>
    public bool IsOpening(IOperation operation) => operation switch
    {
        IObjectCreationOperation { Arguments.IsEmpty: false } => IsCreation(operation),
        IInvocationOperation { TargetMethod: { Name: "Open" or "FromCamera" or "FromFile", ContainingType: var type } } => IsCapture(type),
        _ => false,
    };

    /// <summary>A method of this name may take a frame; of Read and Grab only the type can tell.</summary>
    public static bool IsName(string name) =>
        name is "Read" or "Grab" or "RetrieveMat" or "QueryFrame" or "QuerySmallFrame" or "RetrieveResult" or "GrabOne" or "GetNextImage" or "PopBuffer" or "TimeoutPopBuffer" or "Acquisition";

    private Grab? Find(IInvocationOperation call, IMethodSymbol method)
    {
        if (Is(method.ContainingType, _captures))
        {
            return method.Name switch
            {
                "Read" or "Grab" => new Grab(call, GrabResult.Success, isVendor: false),
                "RetrieveMat" or "QueryFrame" or "QuerySmallFrame" => new Grab(call, GrabResult.Frame, isVendor: false),
                _ => null,
            };
        }

        return method.Name is not ("Read" or "Grab") && Is(method.ContainingType, _grabbers) ? new Grab(call, GrabResult.Report, isVendor: true) : null;
    }

    // The type itself, one that derives from it, or one that implements it.
    private static bool Is(ITypeSymbol type, HashSet<INamedTypeSymbol> wanted)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.OriginalDefinition is INamedTypeSymbol named && wanted.Contains(named))
            {
                return true;
            }
        }

        return wanted.Count > 0 && type.AllInterfaces.Any(wanted.Contains);
    }
}
