// What the options of Hardening.Runtime.OpenCv refer to: that package is not built by default, for OpenCvSharp cannot be had from every feed.
namespace OpenCvSharp
{
    /// <summary>The backends that the options name.</summary>
    public enum VideoCaptureAPIs
    {
        /// <summary>Whichever opens it.</summary>
        ANY = 0,
    }
}

namespace Hardening.Camera
{
    /// <summary>The properties that the options do not take.</summary>
    internal static class OpenCvTarget
    {
        public const int OpenTimeoutProperty = 53;
        public const int ReadTimeoutProperty = 54;
    }
}
