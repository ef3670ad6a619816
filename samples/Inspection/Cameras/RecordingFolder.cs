using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Hardening.Camera;
using Hardening.Camera.Recording;
using Inspection.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Inspection.Cameras;

/// <summary>A directory of recordings, looked at before anything runs: made for a run that records, or its cameras found for one that replays.</summary>
internal static partial class RecordingFolder
{
    private const string Pattern = "*.hfr";
    private const int LeastSide = 64;
    private const int MostSide = 4096;

    /// <summary>Makes the directory for the recordings of a run, with what its cameras show.</summary>
    /// <param name="options">What the command line asks for.</param>
    /// <param name="directory">The directory.</param>
    /// <returns>Why it cannot be had; null when it is there.</returns>
    public static string? Prepare(InspectionOptions options, string directory)
    {
        try
        {
            if (File.Exists(directory))
            {
                return "that is a file";
            }

            if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any(path => Path.GetFileName(path) != SceneSettings.FileName)) // that alone is what a run leaves that had no camera
            {
                return "what is in it would be mixed with this run's frames";
            }

            Directory.CreateDirectory(directory);
            SceneSettings.Write(SceneSettings.Of(options), directory);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e.Message;
        }
    }

    /// <summary>Finds the cameras of a directory of recordings.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="time">The clock of the sources.</param>
    /// <param name="cameras">At least one, in the order of their names; null when they cannot be replayed.</param>
    /// <param name="problem">Why not, on one line.</param>
    public static bool TryOpen(string directory, TimeProvider time, [NotNullWhen(true)] out IReadOnlyList<ReplayedCamera>? cameras, [NotNullWhen(false)] out string? problem)
    {
        (cameras, problem) = (null, null);
        try
        {
            cameras = Open(directory, time);
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or OptionsValidationException) // a FrameSourceException is an IOException
        {
            problem = e.Message;
            return false;
        }
    }

    /// <exception cref="InvalidDataException">There is nothing that can be inspected.</exception>
    private static List<ReplayedCamera> Open(string directory, TimeProvider time)
    {
        if (!Directory.Exists(directory))
        {
            throw new InvalidDataException($"--replay must be a directory of recordings, but there is no directory '{directory}'");
        }

        var files = Directory.EnumerateFiles(directory, Pattern)
            .Select(path => (Path: path, Name: Name().Match(Path.GetFileName(path)))).Where(file => file.Name.Success)
            .ToLookup(file => Uri.UnescapeDataString(file.Name.Groups["camera"].Value), file => file.Path, StringComparer.Ordinal);
        if (files.Count == 0)
        {
            throw new InvalidDataException($"--replay must be a directory of recordings, but '{directory}' has none ({Pattern}); make one with: hardened --record DIR");
        }

        var scenes = SceneSettings.Read(directory);
        using var meter = new Meter("Inspection.Replay");
        var context = new FrameSourceContext(time, NullLogger.Instance, meter);
        return [.. files.OrderBy(camera => camera.Key.Length).ThenBy(camera => camera.Key, StringComparer.Ordinal)
            .Select(camera => Look(directory, camera.Key, camera, scenes.FirstOrDefault(scene => scene.Camera == camera.Key), context))];
    }

    private static ReplayedCamera Look(string directory, string name, IEnumerable<string> files, SceneSettings? scene, FrameSourceContext context)
    {
        using var source = new RecordingFrameSource(new RecordingFrameSourceOptions { Path = directory, Camera = name });
        var whole = source.Open(context, CancellationToken.None); // there is a frame that can be read, and this many a second
        foreach (var file in files)
        {
            if (TryReadFormat(file, context) is { } format)
            {
                Check(format, file, scene);
            }
        }

        return new ReplayedCamera(name, whole.Width, whole.Height, whole.FrameRate, scene);
    }

    // A file that cannot be read is left out by the replay too, and counted there.
    private static FrameFormat? TryReadFormat(string file, FrameSourceContext context)
    {
        try
        {
            using var source = new RecordingFrameSource(new RecordingFrameSourceOptions { Path = file });
            return source.Open(context, CancellationToken.None);
        }
        catch (FrameSourceException)
        {
            return null;
        }
    }

    private static void Check(FrameFormat format, string file, SceneSettings? scene)
    {
        if (format.PixelFormat != PixelFormat.Mono8)
        {
            throw new InvalidDataException($"the inspection cannot take the recording '{file}': its frames are {format.PixelFormat}, and allowed is Mono8");
        }

        if (format.Width is < LeastSide or > MostSide || format.Height is < LeastSide or > MostSide)
        {
            throw new InvalidDataException($"the inspection cannot take the recording '{file}': its frames are {format.Width}x{format.Height}, and allowed is {LeastSide} to {MostSide} each");
        }

        if (scene is not null && (scene.Width, scene.Height) != (format.Width, format.Height))
        {
            throw new InvalidDataException($"{SceneSettings.FileName} beside the recording '{file}' is of another one: its camera '{scene.Camera}' has {scene.Width}x{scene.Height}, and the recorded one {format.Width}x{format.Height}");
        }
    }

    // As docs/runtime/recordings.md has it.
    [GeneratedRegex(@"^(?<camera>.+)-\d{8}T\d{6}Z-\d+\.hfr$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

/// <summary>A camera of a recording.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Width">Pixels in a row of its first frame.</param>
/// <param name="Height">Rows of its first frame.</param>
/// <param name="FrameRate">Frames per second on average; null where there is one frame alone.</param>
/// <param name="Scene">What it showed; null where nobody knows.</param>
internal sealed record ReplayedCamera(string Name, int Width, int Height, double? FrameRate, SceneSettings? Scene);
