using Hardening.Benchmarks.Measuring;
using Spectre.Console;

namespace Hardening.Benchmarks.Tests.Measuring;

public sealed class ReportTests
{
    [TestCase(new[] { 1.3 }, "1 goal met, 0 missed")]
    [TestCase(new[] { 1.0, 1.2, 1.31 }, "2 goals met, 1 missed")]
    [TestCase(new[] { double.NaN }, "0 goals met, 1 missed")]
    public void Ends_with_the_count_of_goals(double[] measured, string lastLine)
    {
        var output = new StringWriter();
        var report = new Report("nothing", new { }, [], [.. measured.Select(value => new Goal("time", 1.3, value, "0.00 x"))], ["Peer 1.0: not found"], ["it is noisy"], ["2 + 2 = 5"]);
        report.Write(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }), output);
        var lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.That(lines[^4..], Is.EqualTo(new[] { "missing: Peer 1.0: not found", "note: it is noisy", "WRONG: 2 + 2 = 5", lastLine }));
    }
}
