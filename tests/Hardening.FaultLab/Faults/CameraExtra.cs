using Hardening.FaultLab.Application;

namespace Hardening.FaultLab.Faults;

/// <summary>Something that the camera does once, in one cycle, until it is disposed.</summary>
internal sealed class CameraExtra : IDisposable
{
    private readonly LabCamera _camera;
    private readonly Action<CameraExtra> _work;
    private int _begun;
    private volatile bool _isOver;

    public CameraExtra(LabCamera camera, Action<CameraExtra> work)
    {
        (_camera, _work) = (camera, work);
        camera.Extra = Run;
    }

    public bool IsOver => _isOver;

    public void Dispose()
    {
        _isOver = true;
        _camera.Extra = null;
    }

    private void Run()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            _work(this);
        }
    }
}
