namespace RuleTour.Threads;

/// <summary>Reads a scale as fast as it can. With the highest priority it takes the processor from those who work on what it reads.</summary>
internal sealed class ScaleReader(Func<double> read, Action<double> use)
{
    private Thread? _thread;

    public void Start(CancellationToken stop)
    {
        _thread = new Thread(() => Run(stop)) { IsBackground = true, Name = "scale" };
        _thread.Priority = ThreadPriority.Highest; // HRD2017
        _thread.Start();
    }

    private void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            use(read());
        }
    }
}
