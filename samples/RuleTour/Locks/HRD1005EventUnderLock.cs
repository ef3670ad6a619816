namespace RuleTour.Locks;

/// <summary>The speed of a conveyor. A handler that asks another thread, which reads the speed, waits for itself.</summary>
internal sealed class ConveyorSpeed
{
    private readonly Lock _gate = new();
    private int _millimetresPerSecond;

    public event EventHandler<int>? Changed;

    public int Read()
    {
        lock (_gate)
        {
            return _millimetresPerSecond;
        }
    }

    public void Set(int millimetresPerSecond)
    {
        lock (_gate)
        {
            if (_millimetresPerSecond != millimetresPerSecond)
            {
                _millimetresPerSecond = millimetresPerSecond;
                Changed?.Invoke(this, millimetresPerSecond); // HRD1005
            }
        }
    }
}
