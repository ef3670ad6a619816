using System.Buffers.Binary;
using Hardening.Cli.Watching;
using Hardening.Stalls.Sampling;
using static Hardening.Cli.Tests.Watching.Rows;

namespace Hardening.Cli.Tests.Watching;

public sealed class WatchPartsTests
{
    [TestCase("200ms", 0.2)]
    [TestCase("60s", 60)]
    [TestCase("1.5 s", 1.5)]
    [TestCase("5m", 300)]
    [TestCase("2h", 7200)]
    [TestCase("10", 10)]
    [TestCase("", null)]
    [TestCase("soon", null)]
    [TestCase("-1s", null)]
    [TestCase("1e400s", null)]
    public void Times_are_read_as_people_type_them(string text, double? seconds) => Assert.That(Spans.TryParse(text)?.TotalSeconds, Is.EqualTo(seconds));

    [Test]
    public void A_late_sample_is_cut_into_even_ones_that_add_up()
    {
        var late = new WindowSample(new Sample { Time = 5 * Interval, Interval = 4 * Interval, Process = new ProcessSample { UserTicks = 7 } }, [Thread(1, runs: 3.3, delayed: 0.1, slices: 5)]);
        var even = EvenSamples.Of([new WindowSample(new Sample { Time = Interval, Interval = Interval }, []), late], Interval);
        Assert.That(even.Select(sample => sample.Sample.Time / Interval), Is.EqualTo(new long[] { 1, 2, 3, 4, 5 }));
        Assert.That(even.Sum(sample => sample.Sample.Process.UserTicks), Is.EqualTo(7));
        Assert.That(even.Sum(sample => sample.Threads.Sum(row => row.RunTime)), Is.EqualTo(late.Threads[0].RunTime));
        Assert.That(even.Sum(sample => sample.Threads.Sum(row => row.Slices)), Is.EqualTo(5));
    }

    [TestCase(2u, 4711, 1, 0, ExpectedResult = 4711, TestName = "A lock that is held and waited for has an owner")]
    [TestCase(1u, 4711, 1, 0, ExpectedResult = 0, TestName = "One that nobody waits for is not looked at")]
    [TestCase(2u, 4711, 7, 0, ExpectedResult = 0, TestName = "What is no lock has none")]
    [TestCase(0x8000_1267u, 0, 0, 0, ExpectedResult = 0x1267, TestName = "A robust lock keeps its owner in the futex")]
    public int Owners_of_native_locks(uint futex, int owner, int users, int kind)
    {
        Span<byte> bytes = stackalloc byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, futex);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], owner);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], users);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], kind);
        return FutexPeek.OwnerIn(bytes);
    }

    [Test]
    public void Addresses_side_by_side_are_one_place_up_to_a_limit()
    {
        Assert.That(FutexSites.Group([1000UL, 1004UL, 1048UL, 9000UL], address => address).Select(site => site.Count), Is.EqualTo(new[] { 3, 1 }));
        Assert.That(FutexSites.Group(Enumerable.Range(0, 20).Select(i => (ulong)(i * 40)), address => address), Has.Count.GreaterThan(2), "a row of locks");
    }

    [Test]
    public void Everything_is_looked_at_while_that_is_cheap_and_else_at_two_samples_in_succession()
    {
        var cheap = new LookPlan(TimeSpan.FromMilliseconds(200));
        Assert.That(Enumerable.Range(0, 20).All(_ => cheap.IsDeep(200)));
        var dear = new LookPlan(TimeSpan.FromMilliseconds(200));
        var looks = string.Concat(Enumerable.Range(0, 40).Select(_ => dear.IsDeep(2000) ? 'd' : '.'));
        Assert.That(looks, Does.StartWith("dd...").And.Contain(".dd."));
        Assert.That(looks.Count(look => look == 'd'), Is.LessThan(10));
    }

    [TestCase("python2.7", "", "the interpreter lock")]
    [TestCase("python3.12", "", "the interpreter lock")]
    [TestCase("python3.13t", "", null, Description = "a build without it")]
    [TestCase("uwsgi", "/usr/lib/libpython3.11.so.1.0", "the interpreter lock")]
    [TestCase("worker", "/usr/lib/libc.so.6", null)]
    public void Knows_whose_interpreter_has_one_lock(string program, string file, string? expected) => Assert.That(ProgramKind.Of(program, [file]).InterpreterLock, Is.EqualTo(expected));

    [Test]
    public void Knows_NET_and_libraries_by_their_files()
    {
        var kind = ProgramKind.Of("dotnet", ["/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so", "/usr/lib/x86_64-linux-gnu/libopencv_core.so.406", "/usr/lib/x86_64-linux-gnu/libtbb.so.12"]);
        Assert.That((kind.Runtime, kind.IsDotnet), Is.EqualTo((".NET 10.0.12", true)));
        Assert.That(kind.ThreadLibraries, Is.EqualTo(new[] { "OpenCV", "TBB" }));
    }

    [TestCase(0, 65534, 0UL, "", "of user 0 and this program runs as user 65534", "sudo harden watch 12")]
    [TestCase(1000, 1000, 0UL, "1", "kernel.yama.ptrace_scope is 1", "SYS_PTRACE")]
    [TestCase(1000, 1000, 0UL, "0", "not dumpable", "SYS_PTRACE")]
    public void Says_why_a_process_may_not_be_read_and_what_to_do(int user, int own, ulong capabilities, string scope, string why, string remedy) =>
        Assert.That(ProcessAccess.Explain(12, user, own, capabilities, scope), Does.Contain(why).And.Contain(remedy).And.Contain("wait for"));
}
