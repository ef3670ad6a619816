namespace Hardening.Analyzers.Facts;

/// <summary>
/// The image types of OpenCvSharp (4 and 5) and Emgu CV, whose pixels lie in native memory, by metadata name; resolved once per compilation.
/// Only what is disposable counts: the MatExpr of OpenCvSharp 4 is, that of OpenCvSharp 5 is not.
/// </summary>
internal sealed class NativeImages
{
    private static readonly string[] Names =
    [
        "OpenCvSharp.Mat", "OpenCvSharp.UMat", "OpenCvSharp.MatExpr", "OpenCvSharp.SparseMat", "OpenCvSharp.Cuda.GpuMat",
        "Emgu.CV.Mat", "Emgu.CV.UMat", "Emgu.CV.Image`2", "Emgu.CV.Matrix`1", "Emgu.CV.Cuda.GpuMat",
    ];

    private readonly HashSet<INamedTypeSymbol> _types;

    private NativeImages(HashSet<INamedTypeSymbol> types, CallGraph graph)
    {
        _types = types;
        // Everything in these libraries borrows its arguments: it reads them, writes into them or copies the header.
        Ownership = new Ownership(IsImage, Libraries.IsOfOpenCv, graph);
    }

    public Ownership Ownership { get; }

    public static NativeImages? Of(Compilation compilation)
    {
        var types = Names.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>()
            .Where(type => type.AllInterfaces.Any(implemented => implemented.SpecialType == SpecialType.System_IDisposable));
        var found = new HashSet<INamedTypeSymbol>(types, SymbolEqualityComparer.Default);
        return found.Count > 0 ? new NativeImages(found, CallGraph.Of(compilation)) : null;
    }

    public bool IsImage(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.OriginalDefinition is INamedTypeSymbol named && _types.Contains(named))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A method of this compilation makes it for its out parameter.</summary>
    public bool IsGivenOut(IOperation operation) => operation is IInvocationOperation call && Ownership.OutOf(call) is not null && Ownership.IsMadeBy(call, IsCreation);

    /// <summary>A new image, or an array of new ones: by <c>new</c>, a method, an operator, a conversion or an indexer of the library.</summary>
    public bool IsCreation(IOperation operation) => IsGivenOut(operation) || (IsImage(operation.Type) || operation.Type is IArrayTypeSymbol { ElementType: var element } && IsImage(element)) && operation switch
    {
        IObjectCreationOperation => true,
        // These give back the image that they were called on.
        IInvocationOperation { TargetMethod: { } method } call => method.Name is not ("SetTo" or "Plus" or "AssignFrom") && Libraries.IsOfOpenCv(method) || Ownership.IsMadeBy(call, IsCreation),
        // +image is the image itself.
        IUnaryOperation { OperatorKind: not UnaryOperatorKind.Plus, OperatorMethod: { } method } => Libraries.IsOfOpenCv(method),
        IBinaryOperation { OperatorMethod: { } method } => Libraries.IsOfOpenCv(method),
        IConversionOperation { OperatorMethod: { } method } => Libraries.IsOfOpenCv(method),
        IPropertyReferenceOperation { Property: { IsIndexer: true, GetMethod: { } getter } } indexer =>
            Libraries.IsOfOpenCv(getter) && !(indexer.Parent is IAssignmentOperation assignment && assignment.Target == indexer),
        _ => false,
    };
}
