using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>Whether libaravis is there: asked before the first call into it, which would otherwise end in a DllNotFoundException that names no remedy.</summary>
internal static class AravisLibrary
{
    /// <summary>The version that the signatures and the known traps were checked against.</summary>
    public const int VerifiedPatch = 26;

    public static void Require(string source) => Require(source, Aravis.Library, static name => NativeLibrary.TryLoad(name, out _));

    internal static void Require(string source, string library, Func<string, bool> load)
    {
        if (!OperatingSystem.IsLinux() || !load(library))
        {
            throw new FrameSourceException(
                source,
                $"{library} is not installed, which GigE Vision cameras need (camera '{source}'). On Debian and Ubuntu: apt-get install libaravis-0.8-0. Other systems: Aravis 0.8, https://github.com/AravisProject/aravis.");
        }
    }
}
