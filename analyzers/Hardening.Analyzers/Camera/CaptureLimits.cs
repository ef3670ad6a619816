using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Camera;

/// <summary>Whether a network source is opened with limits on the time that opening and reading may take.</summary>
internal sealed class CaptureLimits(Compilation compilation)
{
    private const string Variable = "OPENCV_FFMPEG_CAPTURE_OPTIONS";

    // Numbers of OpenCV that OpenCvSharp 4 has no names for.
    private const int OpenTimeout = 53;
    private const int ReadTimeout = 54;
    private const int Any = 0;
    private const int Ffmpeg = 1900;

    // Options for all captures of the process, set by code that we need not find.
    private readonly Lazy<bool> _areSetForAll = new(() => compilation.SyntaxTrees.Any(tree => Mentions.Any(Variable, tree)));

    public bool AreMissing(IOperation opening, Captures captures) =>
        captures.IsOpening(opening)
        && CaptureSource.ArgumentsOf(opening) is var arguments
        && arguments.Any(argument => argument.Parameter is { Ordinal: 0, Type.SpecialType: SpecialType.System_String })
        && CaptureSource.Of(opening) == SourceKind.Network
        && !arguments.Any(IsOtherBackend)
        && !arguments.Any(SetsLimits)
        && !_areSetForAll.Value;

    // GStreamer and the drivers of devices have limits of their own, or none to set.
    private static bool IsOtherBackend(IArgumentOperation argument) =>
        argument.Parameter?.Type.TypeKind == TypeKind.Enum && argument.Value.Unwrap().ConstantValue is { HasValue: true, Value: int backend } && backend is not (Any or Ffmpeg);

    // What cannot be read may set them.
    private static bool SetsLimits(IArgumentOperation argument)
    {
        if (argument.Parameter is not { Type.TypeKind: TypeKind.Array, Ordinal: > 0 })
        {
            return false;
        }

        var value = argument.Value.Unwrap();
        value = value is ILocalReferenceOperation { Local: var local } ? Initializers.Of(local, value)?.Unwrap() ?? value : value;
        if (value.Syntax is CollectionExpressionSyntax && value is not IArrayCreationOperation)
        {
            return true;
        }

        return value is not IArrayCreationOperation array
            || array.Descendants().Any(part => part.ConstantValue is { HasValue: true, Value: OpenTimeout or ReadTimeout })
            || array.Initializer is { ElementValues: var elements } && elements.Any(element => IsUnknown(element.Unwrap()));
    }

    // A number that is no constant is a value; a pair that is made elsewhere can be any.
    private static bool IsUnknown(IOperation element) => element is not (IObjectCreationOperation or IInvocationOperation { TargetMethod.ContainingType.Name: "Tuple" }) && element.Type?.IsReferenceType == true;
}
