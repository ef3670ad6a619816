namespace RuleTour.Threads;

/// <summary>Moves an axis on a thread of its own. What worked on .NET Framework throws on .NET, at the emergency stop of all times.</summary>
internal sealed class AxisMove(Action<CancellationToken> move)
{
    private readonly CancellationTokenSource _stop = new();
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(() => move(_stop.Token)) { IsBackground = true, Name = "axis" };
        _thread.Start();
    }

    public void EmergencyStop()
    {
        _stop.Cancel();
        if (_thread is not null && !_thread.Join(TimeSpan.FromMilliseconds(100)))
        {
            _thread.Abort(); // HRD2014
        }
    }
}
