using Hardening.Camera;
using Inspection.CommandLine;

namespace Inspection.Cameras;

/// <summary>The cameras of one run, and what they show where that is known.</summary>
/// <param name="Sources">The cameras.</param>
/// <param name="Scenes">The truth, camera by camera; null for a camera that is real.</param>
internal sealed record CameraSet(IReadOnlyList<IFrameSource> Sources, IReadOnlyList<SyntheticScene?> Scenes)
{
    /// <summary>New cameras, the same for each run: the same seeds give the same frames.</summary>
    /// <exception cref="FrameSourceException">No camera was found.</exception>
    public static CameraSet Create(InspectionOptions options) => CreateSynthetic(options);

    private static CameraSet CreateSynthetic(InspectionOptions options)
    {
        var cameras = new SyntheticFrameSource[options.Cameras];
        for (var i = 0; i < cameras.Length; i++)
        {
            cameras[i] = new SyntheticFrameSource(new SyntheticFrameSourceOptions
            {
                Name = $"camera-{i + 1}",
                Width = options.Width,
                Height = options.Height,
                FrameRate = options.FrameRate,
                Phase = (double)i / cameras.Length,
                Seed = i + 1,
            });
        }

        return new CameraSet(cameras, [.. cameras.Select(camera => camera.Scene)]);
    }
}
