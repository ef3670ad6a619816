using Hardening.Runtime.Tests.Processes;
using Hardening.Stalls;
using Hardening.Stalls.Actions;

namespace Hardening.Runtime.Tests.Stalls.Actions;

public sealed class ProcessDumpTests
{
    [Test, CancelAfter(180_000)]
    public void A_process_dumps_itself_without_any_setting_at_its_start()
    {
        using var scratch = new Scratch();
        var path = Path.Combine(scratch.Path, "self.dmp");
        var error = ProcessDump.Write(path, StallDump.Triage, TimeSpan.FromMinutes(2));
        if (error is not null)
        {
            Assert.That(error, Does.Contain("refused").Or.Contain("no diagnostic port")); // where processes may not be traced
            Assert.Ignore($"This machine lets no process dump itself: {error}.");
        }

        using var dump = File.OpenRead(path);
        var magic = new byte[4];
        dump.ReadExactly(magic);
        Assert.That(magic, Is.EqualTo("\u007fELF"u8.ToArray()));
    }

    [Test, CancelAfter(180_000)]
    public void A_dump_that_cannot_be_written_says_so() =>
        Assert.That(ProcessDump.Write("/none/at/all/self.dmp", StallDump.Triage, TimeSpan.FromMinutes(2)), Is.Not.Null);
}
