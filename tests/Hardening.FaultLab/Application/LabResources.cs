using System.IO.Pipes;
using Hardening.FaultLab.Running;
using Microsoft.Win32.SafeHandles;

namespace Hardening.FaultLab.Application;

/// <summary>What the activities share, and faults abuse.</summary>
internal sealed class LabResources : IDisposable
{
    private readonly AnonymousPipeServerStream _pipeOut = new(PipeDirection.Out);
    private readonly AnonymousPipeClientStream _pipeIn;
    private SafeFileHandle? _file;

    public LabResources(NativeCode? native)
    {
        Native = native;
        _pipeIn = new AnonymousPipeClientStream(PipeDirection.In, _pipeOut.GetClientHandleAsString());
    }

    public object Gate { get; } = new();

    /// <summary>Taken inside of <see cref="Gate"/>.</summary>
    public object InnerGate { get; } = new();

    public Lock Lock { get; } = new();

    public SemaphoreSlim Slot { get; } = new(1);

    public SpinGate SpinGate { get; } = new(yields: false);

    public SpinGate YieldGate { get; } = new(yields: true);

    /// <summary>Null where there is no compiler.</summary>
    public NativeCode? Native { get; }

    /// <summary>Where the camera writes a byte each cycle, which <see cref="PipeIn"/> must take out again.</summary>
    public Stream PipeOut => _pipeOut;

    public Stream PipeIn => _pipeIn;

    /// <summary>Where the camera writes some bytes each cycle; null: nowhere.</summary>
    public SafeFileHandle? File => Volatile.Read(ref _file);

    public void OpenFile(string path) => Volatile.Write(ref _file, System.IO.File.OpenHandle(path, FileMode.Create, FileAccess.Write));

    /// <summary>Who reads comes to the end of the pipe.</summary>
    public void ClosePipe() => _pipeOut.Dispose();

    public void Dispose()
    {
        _file?.Dispose();
        _pipeOut.Dispose();
        _pipeIn.Dispose();
        Slot.Dispose();
    }
}
