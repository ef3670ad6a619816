namespace RuleTour.Locks;

/// <summary>The latencies of one camera. The lock belongs to all cameras: each waits for the others.</summary>
internal sealed class LatencyWindow
{
    private const int Length = 100;

    private static readonly Lock s_gate = new(); // HRD1007

    private readonly Queue<double> _latencies = new();
    private double _sum;

    public void Add(double seconds)
    {
        lock (s_gate)
        {
            _latencies.Enqueue(seconds);
            _sum += seconds;
            if (_latencies.Count > Length)
            {
                _sum -= _latencies.Dequeue();
            }
        }
    }

    public double Mean()
    {
        lock (s_gate)
        {
            return _latencies.Count == 0 ? 0 : _sum / _latencies.Count;
        }
    }
}
