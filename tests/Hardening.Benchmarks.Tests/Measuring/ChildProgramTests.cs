using System.Diagnostics;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Tests.Measuring;

[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class ChildProgramTests
{
    private readonly ChildProgram _child = new(TimeProvider.System);

    [Test]
    public async Task Tells_how_it_ended_what_it_wrote_and_what_it_took(CancellationToken stop)
    {
        var result = await _child.RunAsync(Shell("for i in $(seq 200000); do echo $i; done; echo wrong >&2; exit 3"), TimeSpan.FromSeconds(50), stop);
        Assert.That(result.ExitCode, Is.EqualTo(3));
        Assert.That(result.Output, Does.EndWith("200000\n"));
        Assert.That(result.Errors, Is.EqualTo("wrong\n"));
        Assert.That(result.Sample.Cpu, Is.GreaterThan(TimeSpan.Zero).And.LessThan(TimeSpan.FromSeconds(50)));
    }

    [Test]
    public void Ends_the_program_and_what_it_has_started_at_the_limit(CancellationToken stop)
    {
        var mark = $"{Random.Shared.Next(100_000, 1_000_000)}";
        Assert.That(async () => await _child.RunAsync(Shell($"sleep {mark} & sleep {mark}; wait"), TimeSpan.FromMilliseconds(500), stop), Throws.TypeOf<BenchmarkException>());
        Assert.That(() => Directory.EnumerateDirectories("/proc").Count(directory => CommandLine(directory).Contains(mark, StringComparison.Ordinal)), Is.Zero.After(50_000, 10)); // what was killed takes a moment to be gone
    }

    private static ProcessStartInfo Shell(string script) => new("/bin/sh", ["-c", script]);

    private static string CommandLine(string directory)
    {
        try
        {
            return File.ReadAllText(directory + "/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
