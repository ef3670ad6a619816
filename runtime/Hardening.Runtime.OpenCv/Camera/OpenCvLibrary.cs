using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>Whether OpenCV is there: asked before the first call that matters, which would otherwise end in an exception that names no remedy.</summary>
internal static class OpenCvLibrary
{
    public static void Require(string source)
    {
        try
        {
            _ = Cv2.GetVersionMajor();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or TypeInitializationException)
        {
            throw new FrameSourceException(
                source,
                $"OpenCvSharp's native library cannot be loaded, which camera '{source}' needs ({(e.InnerException ?? e).Message}). Reference the package for this platform (OpenCvSharp4.official.runtime.linux-x64, OpenCvSharp4.runtime.win), of the same version as OpenCvSharp4.",
                e);
        }
    }
}
