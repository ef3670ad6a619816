using System.Text;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

public sealed class ProcStatTests
{
    [TestCase("plain")]
    [TestCase("two words")]
    [TestCase(")) R (")]
    [TestCase("line\nend) D 1")]
    [TestCase("")]
    [TestCase("ünïcödé")]
    public void Reads_past_any_name(string name)
    {
        var line = RecordedProc.Stat(12, name, 'D', minorFaults: 3, majorFaults: 4, user: 5, system: 6, childUser: 7, childSystem: 8, threads: 9);
        var stat = ProcStat.Parse(Encoding.UTF8.GetBytes(line), out var read);
        Assert.That(Encoding.UTF8.GetString(read), Is.EqualTo(name));
        Assert.That((stat.State, stat.MinorFaults, stat.MajorFaults, stat.UserTicks, stat.SystemTicks, stat.WaitedForTicks, stat.Threads), Is.EqualTo(('D', 3L, 4L, 5L, 6L, 15L, 9)));
    }

    [TestCase("")]
    [TestCase("12")]
    [TestCase("12 (cut")]
    [TestCase("12 (cut)")]
    [TestCase("12 (cut) R 1 2")]
    [TestCase(") 12 (")]
    public void A_line_that_is_cut_gives_zeros(string line)
    {
        var stat = ProcStat.Parse(Encoding.UTF8.GetBytes(line), out _);
        Assert.That((stat.UserTicks, stat.Threads), Is.EqualTo((0L, 0)));
    }

    [Test]
    public void Agrees_with_what_NET_reads_of_this_process()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        var stat = ProcStat.Parse(File.ReadAllBytes("/proc/self/stat"), out var name);
        Assert.That(Encoding.UTF8.GetString(name), Is.EqualTo(File.ReadAllText("/proc/self/comm").TrimEnd('\n')));
        Assert.That(stat.UserTicks * 10d, Is.EqualTo(self.UserProcessorTime.TotalMilliseconds).Within(5000));
        Assert.That(stat.Threads, Is.GreaterThan(3));
    }

    [TestCase("0x7fe5 0x1", 0x7fe5UL)]
    [TestCase("0xFFFFffffFFFFffff", ulong.MaxValue)]
    [TestCase("", 0UL)]
    [TestCase("x", 0UL)]
    public void Reads_addresses(string text, ulong address) => Assert.That(ProcText.Hexadecimal(Encoding.UTF8.GetBytes(text)), Is.EqualTo(address));
}
