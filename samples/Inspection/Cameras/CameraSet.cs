using Hardening.Camera;
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
    public static CameraSet Create(InspectionOptions options) => options.Source == CameraKind.Aravis ? CreateAravis(options) : CreateSynthetic(options);

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
