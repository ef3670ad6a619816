namespace RuleTour.Threads;

/// <summary>Saves the counters every second. If the disk takes two, two of these write one file.</summary>
internal sealed class CounterFile : IDisposable
{
    private readonly string _path;
    private readonly Timer _timer;
    private long _count;

    public CounterFile(string path)
    {
        _path = path;
        _timer = new Timer(Save, null, TimeSpan.Zero, TimeSpan.FromSeconds(1)); // HRD2011
    }

    public void Increment() => Interlocked.Increment(ref _count);

    public void Dispose() => _timer.Dispose();

    private void Save(object? state) => File.WriteAllText(_path, $"{Interlocked.Read(ref _count)}");
}
