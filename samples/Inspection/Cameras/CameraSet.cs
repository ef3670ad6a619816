using Hardening.Camera;
using Hardening.Camera.Recording;
using Inspection.CommandLine;

namespace Inspection.Cameras;

/// <summary>The cameras of one run, and what they show where that is known.</summary>
/// <param name="Sources">The cameras.</param>
/// <param name="Scenes">The truth, camera by camera; null for a camera that is real.</param>
internal sealed record CameraSet(IReadOnlyList<IFrameSource> Sources, IReadOnlyList<SyntheticScene?> Scenes)
{
    private const int SimulatedPacketBytes = 9000; // loopback carries them, and the simulator cannot try that out

    /// <summary>New cameras, the same for each run: the same seeds give the same frames.</summary>
    /// <exception cref="FrameSourceException">No camera was found.</exception>
    public static CameraSet Create(InspectionOptions options) =>
        options.Replay is { } replay ? CreateReplay(replay)
        : options.Source == CameraKind.Aravis ? CreateAravis(options)
        : CreateSynthetic(options);

    private static CameraSet CreateSynthetic(InspectionOptions options)
    {
        var cameras = SceneSettings.Of(options).Select((scene, i) =>
        {
            var camera = scene.ToOptions();
            (camera.FrameRate, camera.Phase) = (options.FrameRate, (double)i / options.Cameras);
            return new SyntheticFrameSource(camera);
        }).ToArray();
        return new CameraSet(cameras, [.. cameras.Select(camera => camera.Scene)]);
    }

    private static CameraSet CreateReplay(ReplayOptions replay)
    {
        var cameras = replay.Cameras.Select(camera => new RecordingFrameSource(new RecordingFrameSourceOptions
        {
            Path = replay.Directory,
            Camera = camera.Name,
            Pace = replay.Pace,
        })).ToArray();
        return new CameraSet(cameras, [.. replay.Cameras.Select(camera => camera.Scene is { } scene ? SceneOf(scene) : null)]);
    }

    // What a camera of these settings would show; the camera itself is not wanted.
    private static SyntheticScene SceneOf(SceneSettings settings)
    {
        using var camera = new SyntheticFrameSource(settings.ToOptions());
        return camera.Scene;
    }

    private static CameraSet CreateAravis(InspectionOptions options)
    {
        string[] addresses = options.Addresses.Count > 0
            ? [.. options.Addresses.Select(address => address.ToString())]
            : [.. AravisCameras.Discover().Select(camera => camera.Address).Order(StringComparer.Ordinal)];
        if (addresses.Length == 0)
        {
            throw new FrameSourceException("aravis", "No GigE Vision camera was found on the networks of this machine; give the --address of each, or use --source synthetic");
        }

        var cameras = addresses.Select(address => new AravisFrameSource(new AravisFrameSourceOptions
        {
            Name = address,
            Address = address,
            Width = options.Width,
            Height = options.Height,
            PixelFormat = PixelFormat.Mono8,
            FrameRate = options.FrameRate,
            PacketSize = options.Simulates ? SimulatedPacketBytes : null,
        })).ToArray();
        return new CameraSet(cameras, new SyntheticScene?[cameras.Length]);
    }
}
