namespace RuleTour.Locks;

/// <summary>The latest alarms, on the screen and on disk. While the disk is slow, nobody sees an alarm, for the screen asks under the same lock.</summary>
internal sealed class AlarmLog(string path)
{
    private readonly Lock _gate = new();
    private readonly List<string> _latest = [];

    public void Raise(string alarm)
    {
        lock (_gate)
        {
            _latest.Add(alarm);
            Persist(alarm); // HRD1003
        }
    }

    public string[] Latest()
    {
        lock (_gate)
        {
            return [.. _latest];
        }
    }

    private void Persist(string alarm) => File.AppendAllText(path, alarm + Environment.NewLine);
}
