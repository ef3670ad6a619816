namespace Hardening.FaultLab.Application;

/// <summary>Reads what the camera writes, unless it is held.</summary>
internal sealed class PipeDrain(Stream pipe) : IDisposable
{
    private static readonly TimeSpan HoldLimit = TimeSpan.FromMinutes(1);

    private readonly ManualResetEventSlim _open = new(initialState: true);
    private Thread? _thread;
    private volatile bool _stopping;

    public void Start()
    {
        _thread = new Thread(Run) { Name = "pipe-drain", IsBackground = true };
        _thread.Start();
    }

    public void Hold() => _open.Reset();

    public void GoOn() => _open.Set();

    // It may be in a read of a pipe that nobody writes any more: a background thread, which ends with the process or with the pipe.
    public void Dispose()
    {
        _stopping = true;
        _open.Set();
    }

    private void Run()
    {
        var buffer = new byte[4096];
        try
        {
            while (!_stopping && _open.Wait(HoldLimit) && pipe.Read(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
            // the application is over
        }
    }
}
