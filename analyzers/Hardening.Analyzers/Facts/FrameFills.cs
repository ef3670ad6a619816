namespace Hardening.Analyzers.Facts;

/// <summary>Where an image gets new pixels, in the memory that it has: each <c>Read</c> of a capture, each function of OpenCV with a destination.</summary>
internal static class FrameFills
{
    /// <param name="image">A use of a variable that holds an image.</param>
    public static bool IsFilledBy(IOperation image) => ArgumentOf(image) is { Parent: IInvocationOperation call } argument && IsFilledBy(call.TargetMethod, argument.Parameter);

    /// <summary>The camera fills it: a capture of OpenCvSharp or Emgu CV.</summary>
    public static bool IsGrabbedInto(IOperation image) => ArgumentOf(image) is { Parent: IInvocationOperation call } && IsGrab(call.TargetMethod);

    /// <summary>The call that fills the image, as a message names it.</summary>
    public static IInvocationOperation? CallOf(IOperation image) => ArgumentOf(image)?.Parent as IInvocationOperation;

    private static bool IsFilledBy(IMethodSymbol method, IParameterSymbol? parameter) =>
        IsGrab(method)
        || method.Name is "CopyTo" or "ConvertTo" && Libraries.IsOfOpenCv(method)
        || parameter?.Type.Name is "OutputArray" or "InputOutputArray" or "IOutputArray" or "IInputOutputArray" && Libraries.IsOfOpenCv(method);

    private static bool IsGrab(IMethodSymbol method) =>
        method is { Name: "Read" or "Retrieve", ContainingType.Name: "VideoCapture" } && Libraries.IsOfOpenCv(method);

    // An image becomes an OutputArray by a conversion that is declared in the library.
    private static IArgumentOperation? ArgumentOf(IOperation image)
    {
        var value = image;
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent as IArgumentOperation;
    }
}
