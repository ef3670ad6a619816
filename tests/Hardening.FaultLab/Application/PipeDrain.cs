namespace Hardening.FaultLab.Application;

/// <summary>Reads what the camera writes, unless it is held.</summary>
internal sealed class PipeDrain(Stream pipe) : IDisposable
{
    private static readonly TimeSpan HoldLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

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

    /// <summary>To be called once the pipe is closed at its other end: a read has no limit of its own.</summary>
    public void Dispose()
    {
        _stopping = true;
        _open.Set();
        if (_thread is null || _thread.Join(EndLimit))
        {
            _open.Dispose();
        }
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
