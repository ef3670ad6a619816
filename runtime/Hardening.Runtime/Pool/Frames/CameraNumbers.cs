namespace Hardening.Pool.Frames;

/// <summary>Numbers for the names of cameras, which stay with the host. For all threads; a name that was seen before costs no lock and no allocation.</summary>
internal sealed class CameraNumbers
{
    /// <summary>The number of this camera, given on first use, from 1 on.</summary>
    public uint Of(string camera) => throw new NotImplementedException();
}
