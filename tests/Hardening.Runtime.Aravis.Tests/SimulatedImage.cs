namespace Hardening.Runtime.Aravis.Tests;

/// <summary>What the simulator draws: a diagonal ramp that moves on with the frame's number.</summary>
internal static class SimulatedImage
{
    /// <summary>Whether every pixel of a Mono8 frame is what the camera drew into the frame of this number.</summary>
    public static bool Matches(FrameLease lease)
    {
        ref readonly var info = ref lease.Info;
        var number = ((info.Sequence - 1) % 65_535) + 1; // as the camera counts
        var first = (int)(number % 255);
        var pixels = lease.Pixels;
        for (var y = 0; y < info.Height; y++)
        {
            var row = pixels.Slice(y * info.Stride, info.Width);
            for (var x = 0; x < row.Length; x++)
            {
                if (row[x] != (first + x + y) % 255)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
