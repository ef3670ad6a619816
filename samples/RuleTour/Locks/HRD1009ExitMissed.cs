using System.Globalization;

namespace RuleTour.Locks;

/// <summary>Calibration factors. A line that is no number leaves the write lock taken, and the next reader waits for ever.</summary>
internal sealed class CalibrationTable : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly Dictionary<string, double> _factors = [];

    public void Load(string[] lines)
    {
        _lock.EnterWriteLock(); // HRD1009
        foreach (var line in lines)
        {
            var parts = line.Split('=');
            _factors[parts[0]] = double.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        _lock.ExitWriteLock();
    }

    public void Dispose() => _lock.Dispose();
}
