using Hardening.Docs.Tests.Parsing;

namespace Hardening.Docs.Tests.Running;

public sealed class OutputPatternTests
{
    [TestCase("done", "done\n", TestName = "{m}(the same)")]
    [TestCase("a\nc", "a\nb\nc\n", TestName = "{m}(lines between)")]
    [TestCase("a\n…\nc", "a\nc\n", TestName = "{m}(nothing left out)")]
    [TestCase("found … in … s", "found it in 3 s", TestName = "{m}(anything within a line)")]
    [TestCase("a  1\n\nb", "  a 1  \nb", TestName = "{m}(blanks)")]
    [TestCase("red", "\e[31mred\e[0m", TestName = "{m}(colours)")]
    public void Is_content_with(string said, string came) => Assert.That(OutputPattern.Difference(new SaidOutput(10, said, AnyFigures: false), came, out _), Is.Null);

    [TestCase("1 finding, 2.5 s", "17 finding, 1,203.25 s", TestName = "{m}(any number)")]
    [TestCase("HRD1001 … 3", "HRD1001 at 7 of 9", TestName = "{m}(numbers and anything)")]
    public void With_figures_is_content_with(string said, string came) => Assert.That(OutputPattern.Difference(new SaidOutput(10, said, AnyFigures: true), came, out _), Is.Null);

    [TestCase("1 finding", "no finding", TestName = "{m}(no number)")]
    [TestCase("5 s.", "5 s", TestName = "{m}(the end of a sentence)")]
    public void With_figures_is_not_content_with(string said, string came) => Assert.That(OutputPattern.Difference(new SaidOutput(10, said, AnyFigures: true), came, out _), Is.Not.Null);

    [TestCase("a\nb", "b\na", 11, TestName = "{m}(order)")]
    [TestCase("a\na", "a", 11, TestName = "{m}(once for twice)")]
    [TestCase("took 5 s", "took 6 s", 10, TestName = "{m}(another number)")]
    [TestCase("took", "it took long", 10, TestName = "{m}(a part of a line)")]
    [TestCase("a.c", "abc", 10, TestName = "{m}(a dot is a dot)")]
    public void Is_not_content_with(string said, string came, int where)
    {
        var difference = OutputPattern.Difference(new SaidOutput(10, said, AnyFigures: false), came, out var line);
        Assert.That(difference, Does.StartWith("This line did not come"));
        Assert.That(line, Is.EqualTo(where));
    }

    [Test]
    public void Says_what_is_missing_after_what_and_what_came() =>
        Assert.That(OutputPattern.Difference(new SaidOutput(1, "one\ntwo\n", AnyFigures: false), "one\nthree\n", out _),
            Is.EqualTo("This line did not come after 'one':\n  two\nWhat came:\n  one\n  three"));
}
