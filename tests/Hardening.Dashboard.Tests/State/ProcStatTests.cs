using Hardening.Dashboard.State;

namespace Hardening.Dashboard.Tests.State;

public sealed class ProcStatTests
{
    [TestCase("4711 (worker) S 17 4711 4711 0 -1 4194304 100 0 0 0 250 40 0 0 20 0 12 0 98765 123456789 3000 18446744073709551615 1 1", "worker")]
    [TestCase("4711 (a) R 1 (b) S 17 4711 4711 0 -1 4194304 100 0 0 0 250 40 0 0 20 0 12 0 98765 123456789 3000 18446744073709551615", "a) R 1 (b", Description = "a name that looks like fields")]
    public void Reads_what_is_wanted_whatever_the_name(string text, string name)
    {
        Assert.That(ProcStat.Parse(System.Text.Encoding.UTF8.GetBytes(text)), Is.EqualTo(new ProcStat(4711, name, 'S', 17, 250, 40, 12, 98765, 3000)));
    }

    [TestCase("")]
    [TestCase("4711")]
    [TestCase("4711 (worker")]
    [TestCase("4711 (worker) S 17")]
    [TestCase("4711 (worker) S x 4711 4711 0 -1 4194304 100 0 0 0 250 40 0 0 20 0 12 0 98765 123456789 3000 1")]
    public void What_is_cut_off_is_nothing(string text) => Assert.That(ProcStat.Parse(System.Text.Encoding.UTF8.GetBytes(text)), Is.Null);
}
