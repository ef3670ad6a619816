namespace Hardening.Cli.Tests;

public sealed class ProgramTests
{
    [TestCase("scan")]
    [TestCase("fix")]
    [TestCase("watch")]
    [TestCase("doctor")]
    public async Task An_option_that_is_not_there_is_told_in_one_line(string verb)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await HardenProgram.RunAsync([verb, "--no-such-option"], output, error, TimeProvider.System);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(ExitCodes.WrongUse));
            Assert.That(error.ToString().TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains("--no-such-option"));
            Assert.That(output.ToString(), Is.Empty);
        });
    }
}
