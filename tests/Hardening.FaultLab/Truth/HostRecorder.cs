using System.Globalization;

namespace Hardening.FaultLab.Truth;

/// <summary>Notes what the processors do from another process than the one under test, until it is disposed.</summary>
internal sealed class HostRecorder : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly int _process;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<HostMoment> _moments = [];
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;

    public HostRecorder(int process, TimeProvider time)
    {
        (_process, _time) = (process, time);
        _thread = new Thread(Run) { Name = "host-recorder", IsBackground = true };
        _thread.Start();
    }

    public HostRecord Take()
    {
        lock (_gate)
        {
            return new HostRecord(Environment.ProcessorCount, [.. _moments]);
        }
    }

    public void Dispose()
    {
        _stopping.Set();
        if (_thread.Join(EndLimit))
        {
            _stopping.Dispose();
        }
    }

    private void Run()
    {
        do
        {
            var moment = new HostMoment(_time.Nanoseconds(), Busy(), Own());
            lock (_gate)
            {
                _moments.Add(moment);
            }
        }
        while (!_stopping.Wait(Every));
    }

    // "cpu user nice system idle iowait irq softirq steal …"
    private static long Busy()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Skip(1).Take(8).Where((_, i) => i is not (3 or 4)).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
    }

    // A child's time passes to its parent when it is waited for, so the sum over the tree goes on growing.
    private long Own()
    {
        var all = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var process) && Read(process) is { } read)
            {
                all[process] = read;
            }
        }

        return all.Where(entry => IsOwn(entry.Key)).Sum(entry => entry.Value.Ticks);

        bool IsOwn(int process)
        {
            for (var depth = 0; depth < 32 && all.TryGetValue(process, out var entry); depth++)
            {
                if (process == _process)
                {
                    return true;
                }

                process = entry.Parent;
            }

            return false;
        }
    }

    private static (int Parent, long Ticks)? Read(int process)
    {
        try
        {
            // The name in parentheses may hold anything, so fields count from its end: the state is field 3.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it ended
        }
    }
}
