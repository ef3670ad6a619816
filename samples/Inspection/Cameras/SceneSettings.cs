using System.Text.Json;
using System.Text.Json.Serialization;
using Hardening.Camera;
using Inspection.CommandLine;

namespace Inspection.Cameras;

/// <summary>What a synthetic camera shows, all of which follows from this. Written beside a recording, so that the truth about it stays known.</summary>
/// <param name="Camera">The name of the camera.</param>
/// <param name="Seed">Of the pictures.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
internal sealed record SceneSettings(string Camera, int Seed, int Width, int Height)
{
    /// <summary>The file in a directory of recordings: a list, with an entry for each camera whose pictures are known.</summary>
    public const string FileName = "scenes.json";

    /// <summary>Those of the cameras that the command line asks for; none where they are real.</summary>
    public static IReadOnlyList<SceneSettings> Of(InspectionOptions options) =>
        options.Source == CameraKind.Synthetic && options.Replay is null
            ? [.. Enumerable.Range(1, options.Cameras).Select(i => new SceneSettings($"camera-{i}", i, options.Width, options.Height))]
            : [];

    public SyntheticFrameSourceOptions ToOptions() => new() { Name = Camera, Seed = Seed, Width = Width, Height = Height };

    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(IReadOnlyList<SceneSettings> scenes, string directory)
    {
        using var file = File.Create(Path.Combine(directory, FileName));
        JsonSerializer.Serialize(file, scenes, SceneSettingsJson.Default.IReadOnlyListSceneSettings);
    }

    /// <summary>What a directory of recordings says; nothing where it has no such file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be understood.</exception>
    public static IReadOnlyList<SceneSettings> Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, SceneSettingsJson.Default.IReadOnlyListSceneSettings) ?? [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {e.Message} Without that file results are not checked", e);
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(IReadOnlyList<SceneSettings>))]
internal sealed partial class SceneSettingsJson : JsonSerializerContext;
