namespace RuleTour.Camera;

/// <summary>Notes when frames come. The lock is also that of the page which lists them, and the driver's thread waits for the page.</summary>
internal sealed class FrameDiary(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<DateTimeOffset> _arrivals = [];

    public void Follow(LineCamera camera) => camera.FrameArrived += OnFrameArrived;

    public string Page()
    {
        lock (_gate)
        {
            return $"{_arrivals.Count} frames";
        }
    }

    private void OnFrameArrived(object? sender, LineFrame frame)
    {
        lock (_gate) // HRD4004
        {
            _arrivals.Add(time.GetUtcNow());
        }
    }
}
