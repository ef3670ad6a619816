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
    public IOperation? Source => SourceOf(Call);

    /// <summary>The image that it fills; null where it returns one, or only takes the frame and leaves it for Retrieve.</summary>
    public IOperation? Image => Result == GrabResult.Success && Call.Arguments.Length > 0 ? Bare(Call.Arguments[0].Value) : null;

    /// <summary>The object that a call is made on; of <c>_camera?.Retrieve(frame)</c> too.</summary>
    public static IOperation? SourceOf(IInvocationOperation call) => call.Instance is { } instance ? ForeignDelegates.Accessed(instance).Unwrap() : null;

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
}
