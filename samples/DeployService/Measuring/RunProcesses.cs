using System.Globalization;
using System.Text;
using DeployService.Serving;

namespace DeployService.Measuring;

/// <summary>
/// The processes that a run has started, wherever they now hang in the tree. They are told by marks in their environment, which children inherit: never by name.
/// A zombie has no environment any more, so it does not count: it is a number that its parent has yet to collect.
/// </summary>
internal sealed class RunProcesses
{
    /// <summary>The environment variable that says which run started a process.</summary>
    public const string RunVariable = "DEPLOY_RUN";

    private const double TicksPerSecond = 100; // USER_HZ, which Linux has fixed for /proc

    private readonly byte[] _run;
    private readonly byte[] _release = Encoding.UTF8.GetBytes($"{DeployScript.ReleaseVariable}=");

    public RunProcesses() => _run = Encoding.UTF8.GetBytes($"{RunVariable}={RunId}\0");

    /// <summary>The mark: the value that <see cref="RunVariable"/> has in all processes of this run.</summary>
    public string RunId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The ids of those that are of deployments, and not of the service itself.</summary>
    public IReadOnlyList<int> OfDeployments() => [.. Find(isDeployment: true)];

    /// <summary>The ids of all, the service and what it needs included.</summary>
    public IReadOnlyList<int> All() => [.. Find(isDeployment: false)];

    /// <summary>The CPU time that each of these has used; those that have ended are left out.</summary>
    public static IReadOnlyDictionary<int, TimeSpan> CpuTimes(IEnumerable<int> ids) =>
        ids.Select(id => (Id: id, Cpu: CpuTime(id))).Where(one => one.Cpu is not null).ToDictionary(one => one.Id, one => one.Cpu!.Value);

    private IEnumerable<int> Find(bool isDeployment) =>
        from directory in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
        where id > 0 && id != Environment.ProcessId && HasMarks(directory, isDeployment)
        select id;

    private bool HasMarks(string directory, bool isDeployment)
    {
        try
        {
            var environment = File.ReadAllBytes(directory + "/environ").AsSpan();
            return environment.IndexOf(_run) >= 0 && (!isDeployment || environment.IndexOf(_release) >= 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended meanwhile, or not ours
        }
    }

    // The name in parentheses may hold anything, so fields count from its end: utime and stime are fields 14 and 15, state is 3.
    private static TimeSpan? CpuTime(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((Ticks(fields[11]) + Ticks(fields[12])) / TicksPerSecond);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
