using System.Globalization;

namespace Hardening.Supervision.Tests;

/// <summary>A control group that allows its members so many processes and threads and no more (pids of cgroups(7)).</summary>
internal sealed class FewProcesses : IDisposable
{
    private static readonly string[] Places = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];
    private static readonly TimeSpan EmptyLimit = TimeSpan.FromSeconds(30);

    private readonly string _path;

    private FewProcesses(string path) => _path = path;

    /// <summary>What a shell does to become a member.</summary>
    public string Join => $"echo $$ >'{_path}/cgroup.procs'";

    /// <summary>Makes one, or skips the test with the reason.</summary>
    public static FewProcesses Require()
    {
        var why = "There is no control group in which processes can be limited: mount cgroup version 1 'pids', or version 2 with a writable tree.";
        foreach (var place in Places)
        {
            var path = Path.Combine(place, $"hardening-tests-{Guid.NewGuid():N}");
            try
            {
                Directory.CreateDirectory(path);
                if (File.Exists(Path.Combine(path, "pids.max")))
                {
                    return new FewProcesses(path);
                }

                Directory.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                why = $"Processes cannot be limited: {e.Message}";
            }
        }

        Assert.Ignore(why);
        throw new InvalidOperationException(why);
    }

    public void AllowNoMore() => AllowMore(0);

    /// <summary>So many more than there are now.</summary>
    public void AllowMore(int count) => Write("pids.max", (Current + count).ToString(CultureInfo.InvariantCulture));

    public void AllowAll() => Write("pids.max", "max");

    public void Dispose()
    {
        // Zombies count until they are reaped, by whom the system gives them to.
        Assert.That(() => Current, Is.Zero.After((int)EmptyLimit.TotalMilliseconds, 20), $"processes are left in {_path}");
        Directory.Delete(_path);
    }

    private int Current => int.Parse(File.ReadAllText(Path.Combine(_path, "pids.current")), CultureInfo.InvariantCulture);

    private void Write(string file, string value) => File.WriteAllText(Path.Combine(_path, file), value);
}
