using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

internal enum SourceKind
{
    /// <summary>The code does not show it.</summary>
    Unknown,

    /// <summary>A camera at this machine.</summary>
    Device,

    /// <summary>A stream over the network.</summary>
    Network,

    /// <summary>A recording, which waits for whoever reads it.</summary>
    File,
}

/// <summary>What a capture is opened on, as far as the code shows it: by the text of the address, or by the name of the variable that holds it.</summary>
internal static class CaptureSource
{
    // From a variable to its value, and on: in code that is not finished they can go round in a circle.
    private const int MostSteps = 4;

    private static readonly string[] Schemes = ["rtsp://", "rtsps://", "rtspt://", "rtmp://", "rtmps://", "rtp://", "http://", "https://", "tcp://", "udp://", "srt://", "mms://"];

    private static readonly ImmutableHashSet<string> NetworkWords = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "url", "urls", "uri", "uris", "rtsp", "rtmp", "http", "https", "onvif");

    private static readonly ImmutableHashSet<string> FileWords = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "file", "files", "filename", "filepath", "path", "paths", "video", "videos", "movie", "clip", "recording", "avi", "mp4", "mkv", "sample", "folder", "directory");

    // Of a text: which camera is not said, but that it is one.
    private static readonly ImmutableHashSet<string> DeviceWords = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "camera", "cameras", "cam", "webcam", "device", "stream", "live");

    /// <summary>Of <c>new VideoCapture(…)</c>, FromCamera, FromFile or Open.</summary>
    public static SourceKind Of(IOperation opening) => Address(opening) is { } address ? Of(address, MostSteps) : SourceKind.Unknown;

    /// <summary>The first argument, if anybody wrote one: an address or the number of a camera.</summary>
    public static IOperation? Address(IOperation opening) => ArgumentsOf(opening).FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value.Unwrap();

    public static ImmutableArray<IArgumentOperation> ArgumentsOf(IOperation opening) => opening switch
    {
        IObjectCreationOperation creation => creation.Arguments,
        IInvocationOperation call => call.Arguments,
        _ => ImmutableArray<IArgumentOperation>.Empty,
    };

    /// <summary>Of the object that grabs: by all openings that its variable gets, or else by its name.</summary>
    public static SourceKind OfGrab(Grab grab, Captures captures, CallGraph graph)
    {
        if (grab.IsVendor)
        {
            return SourceKind.Device;
        }

        var source = grab.Source is { } instance ? FrameChecks.Variable(instance) : null;
        var values = source switch
        {
            ILocalSymbol local => LocalSources.Of(local, grab.Call),
            IFieldSymbol or IPropertySymbol when grab.Call.SemanticModel is { } model && SymbolEqualityComparer.Default.Equals(source.ContainingAssembly, model.Compilation.Assembly) =>
                MemberUses.InAllParts(source, graph).Select(MemberUses.WrittenBy).OfType<IOperation>().Concat(Initial(source, graph)),
            _ => [],
        };
        var openings = values.Select(value => value.Unwrap()).Where(captures.IsOpening)
            .Concat(grab.Call.Root().Descendants().Where(operation => source is not null && operation is IInvocationOperation { TargetMethod.Name: "Open", Instance: { } opened } && FrameChecks.Are(source, opened)));
        var kinds = new HashSet<SourceKind>(openings.Select(opening => Of(opening)));
        return kinds.Count == 1 ? kinds.First()
            : kinds.Contains(SourceKind.File) || kinds.Count == 0 && source is not null && IsNamed(source.Name, FileWords) ? SourceKind.File
            : SourceKind.Device;
    }

    private static IEnumerable<IOperation> Initial(ISymbol member, CallGraph graph) =>
        member.DeclaringSyntaxReferences.Select(declared => MemberUses.Initial(member, graph.ModelOf(declared.SyntaxTree))).OfType<IOperation>();

    private static SourceKind Of(IOperation value, int steps)
    {
        value = value.Unwrap();
        if (steps == 0)
        {
            return SourceKind.Unknown;
        }

        if (value.ConstantValue is { HasValue: true, Value: string text })
        {
            return OfText(text, isWhole: true);
        }

        switch (value)
        {
            case { Type: { SpecialType: not SpecialType.System_String, IsValueType: true } }:
                return SourceKind.Device;
            case IInterpolatedStringOperation { Parts: { IsEmpty: false } parts }:
                return parts[0] switch
                {
                    IInterpolatedStringTextOperation { Text: var begin } => OfText(begin.ConstantValue.Value as string ?? "", isWhole: false),
                    IInterpolationOperation { Expression: var hole } => Of(hole, steps - 1),
                    _ => SourceKind.Unknown,
                };
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, LeftOperand: var left }:
                return left.Unwrap().ConstantValue is { HasValue: true, Value: string begun } ? OfText(begun, isWhole: false) : Of(left, steps - 1);
            case IConditionalOperation { WhenFalse: { } otherwise } either:
                return First(Of(either.WhenTrue, steps - 1), Of(otherwise, steps - 1));
            case ICoalesceOperation coalesce:
                return First(Of(coalesce.Value, steps - 1), Of(coalesce.WhenNull, steps - 1));
            case ILocalReferenceOperation { Local: var local }:
                return LocalSources.Of(local, value).Select(source => Of(source, steps - 1)).Aggregate(SourceKind.Unknown, First) is var kind && kind != SourceKind.Unknown ? kind : OfName(local.Name);
            case IFieldReferenceOperation { Field: var field }:
                return Initializers.Of(field, value) is { } initial && Of(initial, steps - 1) is var known && known != SourceKind.Unknown ? known : OfName(field.Name);
            case IPropertyReferenceOperation { Property: { IsIndexer: true }, Arguments: { Length: 1 } keys }:
                return keys[0].Value.ConstantValue is { HasValue: true, Value: string key } ? OfName(key) : Of(((IPropertyReferenceOperation)value).Instance!, steps - 1);
            case IPropertyReferenceOperation { Property: var property }:
                return property.ContainingType is { Name: "Uri", ContainingNamespace.Name: "System" } ? SourceKind.Network
                    : First(OfName(property.Name), ((IPropertyReferenceOperation)value).Instance is { } owner && FrameChecks.Variable(owner) is { } named ? OfName(named.Name) : SourceKind.Unknown);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return parameter.Type is { Name: "Uri", ContainingNamespace.Name: "System" } ? SourceKind.Network : OfName(parameter.Name);
            case IInvocationOperation { TargetMethod: { Name: "ToString" }, Instance: { Type.Name: "Uri" } }:
                return SourceKind.Network;
            case IInvocationOperation { TargetMethod: { Name: "Format" or "Concat", ContainingType.SpecialType: SpecialType.System_String }, Arguments: { IsEmpty: false } all }:
                return all[0].Value.Unwrap().ConstantValue is { HasValue: true, Value: string format } ? OfText(format, isWhole: false) : Of(all[0].Value, steps - 1);
            case IInvocationOperation { TargetMethod: { Name: "Combine" or "GetFullPath", ContainingType.Name: "Path" } }:
                return SourceKind.File;
            case IInvocationOperation call:
                return OfName(call.TargetMethod.Name);
            default:
                return SourceKind.Unknown;
        }
    }

    private static SourceKind First(SourceKind one, SourceKind other) => one != SourceKind.Unknown ? one : other;

    private static SourceKind OfText(string text, bool isWhole)
    {
        text = text.TrimStart();
        return Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ? SourceKind.Network
            : text.StartsWith("/dev/", StringComparison.Ordinal) || text.IndexOf(" ! ", StringComparison.Ordinal) >= 0 || text.StartsWith("video=", StringComparison.Ordinal) ? SourceKind.Device
            : isWhole && text.Length > 0 && !text.All(char.IsDigit) ? SourceKind.File
            : SourceKind.Unknown;
    }

    private static SourceKind OfName(string name) => IsNamed(name, FileWords) ? SourceKind.File : IsNamed(name, NetworkWords) ? SourceKind.Network : IsNamed(name, DeviceWords) ? SourceKind.Device : SourceKind.Unknown;

    // rtspUrl, CAMERA_URL, Camera:Uri; but not "security".
    private static bool IsNamed(string name, ImmutableHashSet<string> wanted)
    {
        var begin = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            var isEnd = i == name.Length
                || !char.IsLetterOrDigit(name[i])
                || char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || i + 1 < name.Length && char.IsLower(name[i + 1]));
            if (isEnd)
            {
                if (wanted.Contains(name.Substring(begin, i - begin).Trim('_', ':', '.', '-')))
                {
                    return true;
                }

                begin = i;
            }
        }

        return false;
    }
}
