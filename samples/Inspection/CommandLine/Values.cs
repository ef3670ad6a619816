using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hardening.Camera;
using Hardening.Camera.Recording;
using Inspection.Telemetry;

namespace Inspection.CommandLine;

/// <summary>Reads the value of one option, or says what is wrong with it and what is allowed.</summary>
internal static class Values
{
    public static T Choice<T>(ArgumentResult result, string name, string allowed)
        where T : struct, Enum
    {
        var text = Text(result);
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return Refuse<T>(result, $"{name} must be {allowed}, but is '{text}'");
    }

    public static int Whole(ArgumentResult result, string name, int least, int most) =>
        int.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Refuse<int>(result, $"{name} must be a whole number from {least} to {most}, but is '{Text(result)}'");

    public static double Number(ArgumentResult result, string name, double least, double most) =>
        double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Refuse<double>(result, $"{name} must be a number from {least} to {most}, but is '{Text(result)}'");

    public static (int Width, int Height) Size(ArgumentResult result, string name, int least, int most) =>
        Text(result).Split('x', 'X') is [var w, var h] && TrySide(w, out var width) && TrySide(h, out var height)
            && width >= least && width <= most && height >= least && height <= most
            ? (width, height)
            : Refuse<(int, int)>(result, $"{name} must be width x height, {least} to {most} each, such as 1280x1024, but is '{Text(result)}'");

    public static PixelFormat Format(ArgumentResult result, string name)
    {
        try
        {
            return PixelFormats.Parse(Text(result));
        }
        catch (FormatException)
        {
            return Refuse<PixelFormat>(result, $"{name} must be Mono8, but is '{Text(result)}'");
        }
    }

    /// <summary>A directory, there or not, by its full path.</summary>
    public static string Folder(ArgumentResult result, string name) =>
        string.IsNullOrWhiteSpace(Text(result)) ? Refuse<string>(result, $"{name} must be a directory, but is empty") ?? "" : Path.GetFullPath(Text(result));

    public static RecordingPace Pace(ArgumentResult result) => Text(result) switch
    {
        "recorded" => RecordingPace.AsRecorded,
        "fast" => RecordingPace.AsFastAsPossible,
        var other => Refuse<RecordingPace>(result, $"--pace must be recorded or fast, but is '{other}'"),
    };

    public static LanePolicy Lane(ArgumentResult result, string name, int most)
    {
        var parts = Text(result).Split(':');
        var capacity = 0;
        var hasCapacity = parts.Length == 2 && TrySide(parts[1], out capacity) && capacity >= 1 && capacity <= most;
        return (parts[0], hasCapacity, parts.Length) switch
        {
            ("latest", false, 1) => LanePolicy.LatestWins,
            ("drop-oldest", true, _) => LanePolicy.DropOldest(capacity),
            ("drop-newest", true, _) => LanePolicy.DropNewest(capacity),
            ("block", true, _) => LanePolicy.Block(capacity, TimeSpan.FromSeconds(1)),
            _ => Refuse<LanePolicy>(result, $"{name} must be latest, drop-oldest:N, drop-newest:N or block:N with N from 1 to {most}, but is '{Text(result)}'"),
        };
    }

    // "127.1" and "2130706433" are addresses to the parser, but nobody writes a camera's address like that on purpose.
    public static IPAddress[] Addresses(ArgumentResult result)
    {
        var addresses = new List<IPAddress>();
        foreach (var token in result.Tokens)
        {
            if (!IPAddress.TryParse(token.Value, out var address) || address.AddressFamily != AddressFamily.InterNetwork || address.ToString() != token.Value || address.GetAddressBytes()[0] is 0 or >= 224)
            {
                return Refuse<IPAddress[]>(result, $"--address must be an IPv4 address such as 192.168.0.10, but is '{token.Value}'") ?? [];
            }

            if (addresses.Contains(address))
            {
                return Refuse<IPAddress[]>(result, $"--address must name each camera once, but {address} is given twice") ?? [];
            }

            addresses.Add(address);
        }

        return [.. addresses];
    }

    /// <summary>The base address of a collector: the one that is given, or the usual.</summary>
    public static Uri? Collector(ArgumentResult result)
    {
        var isGiven = result.Tokens.Count > 0;
        var text = isGiven ? Text(result) : Environment.GetEnvironmentVariable(OtlpExport.EndpointVariable) is { Length: > 0 } usual ? usual : OtlpExport.UsualEndpoint;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0
            ? address
            : Refuse<Uri?>(result, $"{(isGiven ? "--otlp" : OtlpExport.EndpointVariable)} must be an address such as {OtlpExport.UsualEndpoint}, but is '{text}'");
    }

    private static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";

    private static bool TrySide(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static T? Refuse<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
