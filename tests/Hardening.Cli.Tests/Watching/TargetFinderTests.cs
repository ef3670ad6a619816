using Hardening.Cli.Watching;

namespace Hardening.Cli.Tests.Watching;

/// <summary>Over a /proc that was written for it.</summary>
public sealed class TargetFinderTests
{
    private string _root = "";

    [SetUp]
    public void Make() => _root = Directory.CreateTempSubdirectory("hardening-watch-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Finds_a_process_by_number_and_by_each_of_its_names()
    {
        Process(40, "python2.7", 'S', ["/usr/bin/python2.7", "-u", "/srv/camera_server.py"], maps: "7f00 r-xp 0 08:01 1   /usr/lib/libtbb.so.12\n");
        foreach (var name in (string[])["40", "python2.7", "camera_server", "camera_server.py"])
        {
            var found = new TargetFinder(_root).Find(name);
            Assert.That((found.Id, found.Name, found.User, found.StartTicks), Is.EqualTo((40, "python2.7", 1000, 5540L)), name);
            Assert.That(found.Kind.InterpreterLock, Is.EqualTo("the interpreter lock"));
            Assert.That(found.Kind.ThreadLibraries, Is.EqualTo(new[] { "TBB" }));
        }
    }

    [Test]
    public void Of_several_with_one_name_it_asks_which()
    {
        Process(40, "worker", 'S', ["worker", "--left"]);
        Process(41, "worker", 'S', ["worker", "--right"]);
        Fails("worker", ExitCodes.WrongUse, "2 processes are named 'worker', say which: 40 (worker --left), 41 (worker --right)");
    }

    [Test]
    public void Says_what_is_gone_ended_or_no_process()
    {
        Process(50, "old", 'Z', []);
        Process(2, "kthreadd", 'S', [], flags: 0x208040);
        Process(61, "pool", 'S', ["app"], group: 60);
        Fails("99", ExitCodes.Failed, "There is no process 99: it has ended, or never was");
        Fails("nobody-is-named-so", ExitCodes.Failed, "There is no process named 'nobody-is-named-so'");
        Fails("50", ExitCodes.Failed, "Process 50 ('old') has ended and is a zombie: nothing of it runs. Its parent, process 1, has not waited for it");
        Fails("2", ExitCodes.Failed, "2 ('kthreadd') is a thread of the kernel: it has no program that could be watched");
        Fails("61", ExitCodes.WrongUse, "61 is a thread ('pool') of process 60: watch that");
        Fails(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), ExitCodes.WrongUse, $"Process {Environment.ProcessId} is this program itself");
    }

    [Test]
    public void A_process_whose_first_thread_has_ended_goes_on_with_the_others()
    {
        Process(50, "odd", 'Z', ["odd"], threads: 3);
        Assert.That(new TargetFinder(_root).Find("50").Name, Is.EqualTo("odd"));
    }

    [Test]
    public void Names_cannot_command_the_terminal()
    {
        Process(50, "a\u001b[2Jb) S (", 'S', ["x\u0007"]);
        var found = new TargetFinder(_root).Find("50");
        Assert.That((found.Name, found.CommandLine), Is.EqualTo(("a?[2Jb) S (", "x?")));
    }

    private void Fails(string target, int code, string message)
    {
        var failure = Assert.Throws<CommandFailedException>(() => new TargetFinder(_root).Find(target))!;
        Assert.That((failure.ExitCode, failure.Message), Is.EqualTo((code, message)));
    }

    private void Process(int id, string name, char state, string[] arguments, int flags = 0x400000, int? group = null, int threads = 1, string maps = "")
    {
        var directory = Directory.CreateDirectory(Path.Combine(_root, $"{id}", "task", $"{id}")).Parent!.Parent!.FullName;
        File.WriteAllText(Path.Combine(directory, "stat"), $"{id} ({name}) {state} 1 1 1 0 -1 {flags} 5 0 0 0 1 2 0 0 20 0 {threads} 0 5540 1000 10\n");
        File.WriteAllText(Path.Combine(directory, "status"), $"Name:\tx\nTgid:\t{group ?? id}\nUid:\t1000\t1000\t1000\t1000\nCpus_allowed:\t3\n");
        File.WriteAllText(Path.Combine(directory, "cmdline"), string.Concat(arguments.Select(argument => argument + "\0")));
        File.WriteAllText(Path.Combine(directory, "maps"), maps);
        File.WriteAllText(Path.Combine(directory, "task", $"{id}", "syscall"), "running\n");
    }
}
