using System.Runtime.CompilerServices;

namespace Hardening.Analyzers.Facts;

/// <summary>How a grab says that there was no frame.</summary>
internal enum GrabResult
{
    /// <summary>It returns false.</summary>
    Success,

    /// <summary>It returns null, or an image without pixels.</summary>
    Frame,

    /// <summary>It returns an object that is to be asked: <c>GrabSucceeded</c>, <c>IsIncomplete</c>, a status.</summary>
    Report,
}

/// <summary>A call that takes the next frame from a camera.</summary>
internal readonly struct Grab(IInvocationOperation call, GrabResult result, bool isVendor)
{
    public IInvocationOperation Call { get; } = call;

    public GrabResult Result { get; } = result;

    /// <summary>A camera maker's library, which waits for its device or throws; not a VideoCapture, which may return at once.</summary>
    public bool IsVendor { get; } = isVendor;

    /// <summary>The object that grabs.</summary>
    public IOperation? Source => (Call.Instance as IConditionalAccessInstanceOperation is { } inner ? Accessed(inner) : Call.Instance)?.Unwrap();

    /// <summary>The image that it fills; null where it returns one, or only takes the frame and leaves it for Retrieve.</summary>
    public IOperation? Image => Result == GrabResult.Success && Call.Arguments.Length > 0 ? Bare(Call.Arguments[0].Value) : null;

    // An image becomes an OutputArray on its way.
    internal static IOperation Bare(IOperation image)
    {
        image = image.Unwrap();
        while (image is IConversionOperation conversion)
        {
            image = conversion.Operand.Unwrap();
        }

        return image;
    }

    private static IOperation? Accessed(IConditionalAccessInstanceOperation instance)
    {
        for (var outer = instance.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IConditionalAccessOperation access && access.WhenNotNull.Syntax.Span.Contains(instance.Syntax.Span))
            {
                return access.Operation;
            }
        }

        return null;
    }
}

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
        Ownership = new Ownership(IsCapture, static method => IsOfOpenCv(method.ContainingNamespace), CallGraph.Of(compilation));

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
    public Grab? GrabOf(IOperation operation) => operation is IInvocationOperation { TargetMethod: { Name: var name } method } call && HasName(name) ? Find(call, method) : null;

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

    public static bool IsOfOpenCv(INamespaceSymbol? space)
    {
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space?.Name is "OpenCvSharp" or "Emgu";
    }

    private static bool HasName(string name) =>
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
