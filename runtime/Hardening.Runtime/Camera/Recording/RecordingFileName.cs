using System.Globalization;
using System.Text;

namespace Hardening.Camera.Recording;

/// <summary>The name of a recording, <c>camera-20260131T235959Z-000001.hfr</c>. Whatever is in a camera's name, no two cameras have files of the same name.</summary>
internal readonly record struct RecordingFileName(string Camera, DateTime Start, int Number)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Escape(Camera)}-{Start.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{Number:D6}{RecordingFormat.Extension}");

    /// <summary>The recordings in a directory, of one camera or of all, in the order in which they were made. Other files are left out.</summary>
    public static IReadOnlyList<(string Path, RecordingFileName Name)> In(string directory, string? camera)
    {
        var found = new List<(string Path, RecordingFileName Name)>();
        foreach (var path in Directory.EnumerateFiles(directory, "*" + RecordingFormat.Extension))
        {
            if (TryParse(Path.GetFileName(path), out var name) && (camera is null || name.Camera == camera))
            {
                found.Add((path, name));
            }
        }

        return [.. found.OrderBy(file => file.Name.Start).ThenBy(file => file.Name.Number).ThenBy(file => file.Path, StringComparer.Ordinal)];
    }

    public static bool TryParse(string file, out RecordingFileName name)
    {
        name = default;
        if (!file.EndsWith(RecordingFormat.Extension, StringComparison.Ordinal)
            || file[..^RecordingFormat.Extension.Length].Split('-') is not { Length: >= 3 } parts
            || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !DateTime.TryParseExact(parts[^2], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var start))
        {
            return false;
        }

        name = new RecordingFileName(Uri.UnescapeDataString(string.Join('-', parts[..^2])), start, number);
        return true;
    }

    private static string Escape(string camera)
    {
        var escaped = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(camera))
        {
            _ = char.IsAsciiLetterOrDigit((char)one) || (one is (byte)'_' or (byte)'-') || (one == (byte)'.' && escaped.Length > 0) // a leading dot would hide the file
                ? escaped.Append((char)one)
                : escaped.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
        }

        return escaped.ToString();
    }
}
