using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Whether an array is as large as a picture, as far as its size says so.</summary>
internal static class FrameSizes
{
    /// <summary>From here on an array is a large object: it is collected with the whole heap.</summary>
    public const int LargeObject = 85_000;

    // From a variable to its value, and on: in code that is not finished they can go round in a circle.
    private const int MostSteps = 3;

    private static readonly ImmutableArray<string> Across = ImmutableArray.Create("width", "cols", "columns", "stride", "step", "pitch");
    private static readonly ImmutableArray<string> Down = ImmutableArray.Create("height", "rows", "lines");
    private static readonly ImmutableArray<string> Whole = ImmutableArray.Create("total", "pixelcount", "framesize", "imagesize", "payloadsize", "framebytes", "imagebytes", "framelength", "imagelength", "bytesperframe", "bytesperimage", "sizeimage");

    // A part of a picture, mostly a small one.
    private static readonly ImmutableArray<string> Parts = ImmutableArray.Create("roi", "tile", "patch", "thumb", "icon", "kernel", "cell", "block", "region", "glyph", "window");

    [Flags]
    private enum Extent
    {
        None = 0,
        Across = 1,
        Down = 2,
        Whole = Across | Down,
        Part = 4,
    }

    public static bool AreOfFrame(ITypeSymbol element, ImmutableArray<IOperation> sizes)
    {
        if (ConstantOf(sizes) is { } count)
        {
            return count * BytesOf(element) >= LargeObject;
        }

        var extent = Extent.None;
        foreach (var size in sizes)
        {
            extent |= Of(size, MostSteps);
        }

        return extent == Extent.Whole;
    }

    private static long? ConstantOf(ImmutableArray<IOperation> sizes)
    {
        var count = 1L;
        foreach (var size in sizes)
        {
            if (size.ConstantValue is not { HasValue: true, Value: int or long or uint } constant)
            {
                return null;
            }

            count *= Convert.ToInt64(constant.Value, System.Globalization.CultureInfo.InvariantCulture);
        }

        return count;
    }

    private static int BytesOf(ITypeSymbol element) => element.SpecialType switch
    {
        SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Char => 2,
        SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single => 4,
        SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double => 8,
        _ => 1,
    };

    private static Extent Of(IOperation size, int steps)
    {
        var extent = Extent.None;
        foreach (var part in size.DescendantsAndSelf())
        {
            extent |= part switch
            {
                ILocalReferenceOperation { Local: var local } =>
                    OfName(local.Name) | (steps > 0 && Initializers.Of(local, part) is { } initial && initial.Syntax.Span.End <= part.Syntax.SpanStart ? Of(initial, steps - 1) : Extent.None),
                IParameterReferenceOperation { Parameter.Name: var name } => OfName(name),
                // frame.Pixels.Length
                IPropertyReferenceOperation { Property.Name: "Length" or "LongLength", Instance: { } pixels } => OfPixels(pixels.Unwrap()),
                IMemberReferenceOperation { Member.Name: var name } => OfName(name),
                IInvocationOperation { TargetMethod.Name: var name } => OfName(name),
                _ => Extent.None,
            };
        }

        return extent;
    }

    private static Extent OfPixels(IOperation pixels) =>
        (pixels is IMemberReferenceOperation { Member.Name: var name } ? name : (pixels as IParameterReferenceOperation)?.Parameter.Name) is { } named
        && (Has(named, "pixels") || Has(named, "frame") || Has(named, "image"))
            ? Extent.Whole
            : Extent.None;

    private static Extent OfName(string name) =>
        HasAny(name, Parts) ? Extent.Part
        : HasAny(name, Whole) ? Extent.Whole
        : HasAny(name, Across) ? Extent.Across
        : HasAny(name, Down) ? Extent.Down
        : Extent.None;

    private static bool HasAny(string name, ImmutableArray<string> words)
    {
        foreach (var word in words)
        {
            if (Has(name, word))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
