using System.Collections.Frozen;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Hardening.Processes;
using Hardening.Runtime.Tests.Processes;

namespace Hardening.Runtime.Tests.Camera.Callbacks;

/// <summary>The C library callback_camera.c, compiled and loaded; it stays loaded, as its threads may.</summary>
internal sealed class CallbackLibrary : IDisposable
{
    private static readonly string[] Functions = ["camera_open", "camera_announce", "camera_start", "camera_stop", "camera_end", "camera_close"];

    private readonly Scratch _scratch = new();
    private FrozenDictionary<string, nint> _functions = FrozenDictionary<string, nint>.Empty;

    /// <summary>Looked up beforehand: that would allocate.</summary>
    public nint Function(string name) => _functions[name];

    public async Task CompileAsync()
    {
        var file = Path.Combine(_scratch.Path, "libcallback_camera.so");
        var source = Path.Combine(Baseline.RepositoryRoot, "tests", "Hardening.Runtime.Tests", "Camera", "Callbacks", "callback_camera.c");
        try
        {
            var result = await SupervisedProcess.RunAsync(new ProcessStartInfo("cc", ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-o", file, source]));
            Assert.That(result.Exit.ExitCode, Is.Zero, result.StandardError);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no C compiler ('cc') on this machine.");
        }

        var library = NativeLibrary.Load(file);
        _functions = Functions.ToFrozenDictionary(name => name, name => NativeLibrary.GetExport(library, name));
    }

    public void Dispose() => _scratch.Dispose();
}
