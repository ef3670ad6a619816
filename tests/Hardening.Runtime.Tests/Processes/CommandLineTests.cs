using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

/// <summary>Held against <c>Process.Start</c> itself: the same file, the same arguments, the same errors.</summary>
[SupportedOSPlatform("linux")]
public sealed class CommandLineTests
{
    private static readonly string[] Arguments =
    [
        "", " ", "a", "a b", "  a\tb  ", "\"a b\"", "\"\"", "a \"\" b", "\"a\"\"b\"", "\"a\"\"b\" c", "\"\"\"a\"\"\"", "\"a\"\"", "a\"b\"c", "\"a b", "\\", "\\\\", "a\\b", "\\\"", "\\\\\"", "\\\\\"a b\"", "\\\\\\\"",
        "\"a\\\"b\"", "\"a\\\\\" b", "\"a\\\\\\\" b", "c:\\d\\ e", "\"c:\\d\\\" e", "'a b'", "$HOME *", "a\nb", "ä € 😀", "\"\"\"\"", "\"\"\"\"\"", "a\"\"\"b", "\\\\ \\", "\t\"\t\"\t", "-c \"echo \\\"x\\\"\"", "\"\\\\\"\"", "\"a\\\\\"\"b\"",
        "a\u00A0b", "\r\n", "a\"", "\\a\\", "\"a\\b\\\"",
    ];

    [TestCaseSource(nameof(Arguments)), CancelAfter(60_000)]
    public async Task Arguments_are_taken_apart_as_by_Process(string arguments, CancellationToken timeout)
    {
        Assert.That(ArgumentString.Split(arguments), Is.EqualTo(await SeenByAChildAsync(arguments, timeout)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Arguments_of_any_shape_are_taken_apart_as_by_Process(CancellationToken timeout)
    {
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            var arguments = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => "\\\\\"\"\" \tab"[random.Next(9)]));
            Assert.That(ArgumentString.Split(arguments), Is.EqualTo(await SeenByAChildAsync(arguments, timeout)), arguments);
        }
    }

    [TestCase("sh")]
    [TestCase("/bin/../bin/sh")]
    [TestCase("dotnet")]
    public void The_file_is_found_where_Process_finds_it(string fileName) =>
        Assert.That(File.Exists(CommandLine.Resolve(new ProcessStartInfo(fileName), new SupervisionOptions(), captures: false).Path));

    [Test]
    public void Beside_the_application_comes_before_the_current_directory_and_that_before_the_path()
    {
        using var scratch = new Scratch();
        var name = $"hardening-{Guid.NewGuid():N}";
        var here = scratch.Executable(Path.Combine(Directory.GetCurrentDirectory(), name), "");
        Assert.That(CommandLine.Resolve(new ProcessStartInfo(name), new SupervisionOptions(), captures: false).Path, Is.EqualTo(here));
        if (Path.GetDirectoryName(Environment.ProcessPath) != Directory.GetCurrentDirectory())
        {
            Assert.That(
                CommandLine.Resolve(new ProcessStartInfo(Path.GetFileName(Environment.ProcessPath)!), new SupervisionOptions(), captures: false).Path,
                Is.EqualTo(Environment.ProcessPath));
        }
    }

    public static IEnumerable<TestCaseData<Func<Scratch, ProcessStartInfo>>> Wrong()
    {
        yield return Case("no file name", _ => new ProcessStartInfo(""));
        yield return Case("a file that is not there", _ => new ProcessStartInfo("/no/such/file"));
        yield return Case("a name that is nowhere", _ => new ProcessStartInfo("no-such-file-anywhere"));
        yield return Case("a file that is not executable", scratch => new ProcessStartInfo(scratch.File("plain", "text")));
        yield return Case("a file of no known format", scratch => new ProcessStartInfo(scratch.Executable("noformat", "echo")));
        yield return Case("an interpreter that is not there", scratch => new ProcessStartInfo(scratch.Executable("script", "#!/no/such/interpreter\n")));
        yield return Case("a working directory that is not there", _ => new ProcessStartInfo("/bin/true") { WorkingDirectory = "/no/such/directory" });
        yield return Case("a working directory that is a file", scratch => new ProcessStartInfo("/bin/true") { WorkingDirectory = scratch.File("plain", "") });
        yield return Case("a directory", scratch => new ProcessStartInfo(scratch.Path));
        yield return Case("an argument that is too long", _ => new ProcessStartInfo("/bin/true", [new string('a', 1 << 18)]));
        yield return Case("arguments that are too many", _ => new ProcessStartInfo("/bin/true", Enumerable.Repeat(new string('a', 100_000), 100)));
        yield return Case("both kinds of arguments", _ => new ProcessStartInfo("/bin/true") { Arguments = "a", ArgumentList = { "b" } });
        yield return Case("an encoding of output that is not redirected", _ => new ProcessStartInfo("/bin/true") { StandardOutputEncoding = Encoding.UTF8 });
        yield return Case("an encoding of error that is not redirected", _ => new ProcessStartInfo("/bin/true") { StandardErrorEncoding = Encoding.UTF8 });
        yield return Case("an encoding of input that is not redirected", _ => new ProcessStartInfo("/bin/true") { StandardInputEncoding = Encoding.UTF8 });

        static TestCaseData<Func<Scratch, ProcessStartInfo>> Case(string name, Func<Scratch, ProcessStartInfo> make) => new(make) { TestName = "{m}(" + name + ")" };
    }

    [TestCaseSource(nameof(Wrong)), CancelAfter(60_000)]
    public void What_Process_refuses_is_refused_in_the_same_way(Func<Scratch, ProcessStartInfo> make)
    {
        using var scratch = new Scratch();
        var startInfo = make(scratch);
        var expected = Assert.Catch(() => Process.Start(startInfo)?.Dispose());
        var thrown = Assert.Catch(() => SupervisedProcess.Start(startInfo).Dispose());
        Assert.That(thrown, Is.TypeOf(expected!.GetType()));
        if (expected is Win32Exception { NativeErrorCode: not 0 } native)
        {
            Assert.That(((Win32Exception)thrown!).NativeErrorCode, Is.EqualTo(native.NativeErrorCode), native.Message);
        }
    }

    [Test]
    public void Null_characters_are_refused_rather_than_cut_off() =>
        Assert.Throws<ArgumentException>(() => SupervisedProcess.Start(new ProcessStartInfo("/bin/true", ["a\0b"])).Dispose());

    [Test]
    public void The_shell_of_the_desktop_and_other_users_are_refused_with_a_remedy()
    {
        Assert.That(
            Assert.Throws<InvalidOperationException>(() => SupervisedProcess.Start(new ProcessStartInfo("/bin/true") { UseShellExecute = true }).Dispose())!.Message,
            Does.Contain("Set it to false"));
        Assert.That(
            Assert.Throws<PlatformNotSupportedException>(() => SupervisedProcess.Start(new ProcessStartInfo("/bin/true") { UserName = "nobody" }).Dispose())!.Message,
            Does.Contain("setpriv"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_child_sees_the_arguments_directory_and_environment_that_one_of_Process_sees(CancellationToken timeout)
    {
        using var scratch = new Scratch();
        var directory = Directory.CreateDirectory(Path.Combine(scratch.Path, "a b")).FullName;
        foreach (var arguments in (string[])["", "\"a b\" \\\\\"c\" \"\"", "ä\n€"])
        {
            var startInfo = new ProcessStartInfo("sh") { Arguments = $"-c \"pwd; env | sort; tr '\\0' '|' </proc/self/cmdline; for a; do printf '<%s>' \\\"$a\\\"; done\" x {arguments}", WorkingDirectory = directory, RedirectStandardOutput = true };
            startInfo.Environment.Clear();
            startInfo.Environment["PATH"] = "/usr/bin:/bin";
            startInfo.Environment["EMPTY"] = "";
            startInfo.Environment["NULL"] = null;
            startInfo.Environment["UNICODE"] = "ä €";
            var expected = await Shell.OutputByProcessAsync(startInfo, timeout);
            var result = await SupervisedProcess.RunAsync(startInfo, null, timeout);
            Assert.That(result.StandardOutput, Is.EqualTo(expected));
        }
    }

    private static async Task<List<string>> SeenByAChildAsync(string arguments, CancellationToken timeout)
    {
        // $0 is the first argument after the program of sh, so everything but that is printed.
        var startInfo = new ProcessStartInfo("/bin/sh", "-c \"for a; do printf '%s\\0' \\\"$a\\\"; done\" x " + arguments) { RedirectStandardOutput = true };
        var output = await Shell.OutputByProcessAsync(startInfo, timeout);
        return [.. output.Split('\0').SkipLast(1)];
    }
}
