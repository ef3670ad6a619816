namespace RuleTour.Locks;

/// <summary>Alarms until they are fetched. The list is the lock as well: after a fetch, those who waited hold the old list and those who come hold the new one.</summary>
internal sealed class AlarmInbox
{
    private List<string> _alarms = []; // HRD1002

    public void Add(string alarm)
    {
        lock (_alarms)
        {
            _alarms.Add(alarm);
        }
    }

    public IReadOnlyList<string> Fetch()
    {
        lock (_alarms)
        {
            var fetched = _alarms;
            _alarms = [];
            return fetched;
        }
    }
}
