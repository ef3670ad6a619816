using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>The types whose memory a camera library lends: images, grab results, leases, and raw addresses. By metadata name; resolved once per compilation.</summary>
internal sealed class FrameTypes
{
    private static readonly string[] Names =
    [
        "Basler.Pylon.IGrabResult", "Basler.Pylon.ImageGrabbedEventArgs", "SpinnakerNET.IManagedImage", "SpinnakerNET.ManagedImage", "Aravis.Buffer",
        "AForge.Video.NewFrameEventArgs", "Accord.Video.NewFrameEventArgs", "Hardening.Camera.FrameLease",
    ];

    private static readonly string[] BufferWords = ["buffer", "data", "frame", "image", "pixel", "ptr", "bits", "raw"];

    private readonly HashSet<INamedTypeSymbol> _grabs;

    private FrameTypes(NativeImages? images, HashSet<INamedTypeSymbol> grabs) => (Images, _grabs) = (images, grabs);

    public NativeImages? Images { get; }

    /// <summary>Null where nothing of the compilation can lend a frame.</summary>
    public static FrameTypes? Of(Compilation compilation, CompilationFacts facts)
    {
        var grabs = new HashSet<INamedTypeSymbol>(Names.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>(), SymbolEqualityComparer.Default);
        return grabs.Count > 0 || facts.Images is not null || compilation.GetSymbolsWithName(SaysFrameCallback, SymbolFilter.Type).Any() ? new FrameTypes(facts.Images, grabs) : null;
    }

    /// <summary>An object that owns pixels, or stands for pixels that the library owns.</summary>
    public bool IsFrame(ITypeSymbol? type) => type is not null && (IsImage(type) || IsGrab(type));

    public bool IsImage(ITypeSymbol? type) => Images?.IsImage(type) == true;

    /// <summary>A vendor's frame, which the vendor takes back.</summary>
    public bool IsGrab(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current is INamedTypeSymbol named && _grabs.Contains(named))
            {
                return true;
            }
        }

        return _grabs.Count > 0 && type.AllInterfaces.Any(_grabs.Contains);
    }

    public static bool IsAddress(ITypeSymbol? type) => type is IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr };

    /// <summary>The address of pixels, not of what the callback was registered with.</summary>
    public static bool IsBufferName(string name) => BufferWords.Any(word => Has(name, word));

    /// <summary>FrameCallback, ImageReceivedHandler. Vendors' libraries share no types, but these words.</summary>
    public static bool SaysFrameCallback(string names) =>
        (Has(names, "callback") || Has(names, "handler")) && (Has(names, "frame") || Has(names, "image") || Has(names, "capture") || Has(names, "grab"));

    /// <summary>
    /// What the value shows pixels of, if it has none of its own: the header of a part, a header over an address, the address of an image.
    /// The second result says that only the address is kept, and nothing that would keep the image alive.
    /// </summary>
    public (IOperation Of, bool IsAddress)? ViewOf(IOperation value) => value switch
    {
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } image } when IsImage(image.Type) && IsImage(value.Type) => (image, false),
        IPropertyReferenceOperation { Property.Name: "Data" or "DataPointer" or "DataStart" or "Address" or "Memory" or "PixelData" or "PixelDataPointer" or "DataPtr", Instance: { } frame } when IsFrame(frame.Type) => (frame, true),
        IInvocationOperation { TargetMethod.Name: "SubMat" or "Row" or "Col" or "RowRange" or "ColRange" or "Diag" or "Reshape" or "AdjustROI" or "GetSubRect", Instance: { } image } when IsImage(image.Type) => (image, false),
        IInvocationOperation { TargetMethod.Name: "Ptr" or "GetDataPointer", Instance: { } image } when IsImage(image.Type) => (image, true),
        IInvocationOperation { TargetMethod.Name: "FromPixelData", Arguments: var given } when IsImage(value.Type) => AddressIn(given),
        IObjectCreationOperation { Arguments: var given } when IsImage(value.Type) => PartOf(given) ?? AddressIn(given),
        _ => null,
    };

    private static (IOperation, bool)? AddressIn(ImmutableArray<IArgumentOperation> given) =>
        given.FirstOrDefault(argument => IsAddress(argument.Parameter?.Type)) is { } address ? (address.Value, true) : null;

    // new Mat(frame, region)
    private (IOperation, bool)? PartOf(ImmutableArray<IArgumentOperation> given) =>
        given.Length > 1 && given[0].Value.Unwrap() is var image && IsImage(image.Type) ? (image, false) : null;

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
