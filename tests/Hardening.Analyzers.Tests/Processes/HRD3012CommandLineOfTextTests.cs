using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3012CommandLineOfTextAnalyzer, Hardening.Analyzers.Processes.HRD3012CommandLineOfTextCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3012CommandLineOfTextTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Diagnostics; using System.Globalization; using System.IO; using System.Linq; using System.Text; using System.Threading.Tasks;\n";

    private static string InMethod(string body) => $"{Usings}class C {{ void M(string input, string output, string[] files, int n, bool quick) {{ {body} }} }}";

    [TestCase("new ProcessStartInfo(\"x\", [|$\"-i \\\"{input}\\\" -o {output}\"|]);", TestName = "{m}(interpolation)")]
    [TestCase("new ProcessStartInfo(\"x\", [|\"-i \" + input|]);", TestName = "{m}(concatenation)")]
    [TestCase("new ProcessStartInfo(\"x\", [|string.Format(\"-i \\\"{0}\\\" -n {1}\", input, n)|]);", TestName = "{m}(Format)")]
    [TestCase("new ProcessStartInfo(\"x\", [|string.Format(CultureInfo.InvariantCulture, \"-i {1} -n {0}\", n, input)|]);", TestName = "{m}(Format with a culture)")]
    [TestCase("new ProcessStartInfo(\"x\", [|string.Concat(\"-i \", input, \" -f\")|]);", TestName = "{m}(Concat)")]
    [TestCase("new ProcessStartInfo(\"x\", [|string.Join(\" \", files)|]);", TestName = "{m}(Join of a list)")]
    [TestCase("new ProcessStartInfo(\"x\", [|string.Join(\" \", \"-i\", input)|]);", TestName = "{m}(Join of values)")]
    [TestCase("new ProcessStartInfo(\"x\", [|string.Join(' ', files.Select(file => $\"\\\"{file}\\\"\"))|]);", TestName = "{m}(Join of a query)")]
    [TestCase("var all = new List<string> { \"-i\" }; all.Add(input); new ProcessStartInfo(\"x\", [|string.Join(\" \", all)|]);", TestName = "{m}(Join of a list that is filled here)")]
    [TestCase("new ProcessStartInfo(\"x\", [|string.Create(CultureInfo.InvariantCulture, $\"-i {input}\")|]);", TestName = "{m}(Create)")]
    [TestCase("new ProcessStartInfo(\"x\", [|FormattableString.Invariant($\"-i {input}\")|]);", TestName = "{m}(Invariant)")]
    [TestCase("new ProcessStartInfo(\"x\", [|\"-i {in}\".Replace(\"{in}\", input)|]);", TestName = "{m}(a template)")]
    [TestCase("var text = new StringBuilder(\"-i \"); text.Append(input).Append(' ').Append(n); new ProcessStartInfo(\"x\", [|text.ToString()|]);", TestName = "{m}(a builder)")]
    [TestCase("var text = new StringBuilder(); text.AppendFormat(\"-i \\\"{0}\\\"\", input); text.Append($\" -n {n}\"); new ProcessStartInfo(\"x\", [|text.ToString()|]);", TestName = "{m}(a builder with formats)")]
    [TestCase("new ProcessStartInfo(\"x\", [|new StringBuilder().Append(\"-i \").Append($\"{input}\").ToString()|]);", TestName = "{m}(a chained builder)")]
    [TestCase("var line = \"-i \" + input; if (quick) { line += \" -q\"; } new ProcessStartInfo(\"x\", [|line|]);", TestName = "{m}(a local)")]
    [TestCase("var line = \"-q\"; foreach (var file in files) { line += \" \" + file; } new ProcessStartInfo(\"x\", [|line|]);", TestName = "{m}(a local that a loop extends)")]
    [TestCase("var path = Path.Combine(input, \"a\"); new ProcessStartInfo(\"x\", [|$\"-i {path}\"|]);", TestName = "{m}(a path in a local)")]
    [TestCase("new ProcessStartInfo(\"x\", [|quick ? \"-q\" : $\"-i {input}\"|]);", TestName = "{m}(a choice)")]
    [TestCase("new ProcessStartInfo { FileName = \"x\", Arguments = [|$\"-i {input}\"|] };", TestName = "{m}(an initializer)")]
    [TestCase("var info = new ProcessStartInfo(\"x\"); info.Arguments = [|$\"-i {input}\"|];", TestName = "{m}(an assignment)")]
    [TestCase("var info = new ProcessStartInfo(\"x\", \"-q\"); info.Arguments += [|$\" -i {input}\"|];", TestName = "{m}(a compound assignment)")]
    [TestCase("using var p = new Process { StartInfo = { FileName = \"x\", Arguments = [|\"-i \" + input|] } };", TestName = "{m}(a nested initializer)")]
    [TestCase("using var p = new Process(); p.StartInfo.Arguments = [|\"-i \" + input|];", TestName = "{m}(the StartInfo of a process)")]
    [TestCase("using var p = Process.Start(\"x\", [|$\"-i {input}\"|]);", TestName = "{m}(Start)")]
    [TestCase("using var p = Process.Start(arguments: [|$\"-i {input}\"|], fileName: \"x\");", TestName = "{m}(named arguments)")]
    [TestCase("using var p = Process.Start(\"x\", [|\"\\\"\" + input + \"\\\"\"|]);", TestName = "{m}(one quoted value)")]
    [TestCase("ProcessStartInfo info = new(\"x\", [|$\"-i {input}\"|]);", TestName = "{m}(target-typed new)")]
    [TestCase("Action a = () => { using var p = Process.Start(\"x\", [|$\"-i {input}\"|]); };", TestName = "{m}(a lambda)")]
    [TestCase("string Line(string file) => $\"-i {file}\"; using var p = Process.Start(\"x\", [|Line(input)|]);", TestName = "{m}(a local function that returns it)")]
    [TestCase("using var p = Process.Start(\"/bin/bash\", [|$\"-c \\\"{input}\\\"\"|]);", TestName = "{m}(a script in quotes)")]
    [TestCase("using var p = Process.Start(\"cmd.exe\", [|\"/c del \" + input|]);", TestName = "{m}(cmd)")]
    [TestCase("using var p = Process.Start(\"sh\", [\"-c\", [|$\"rm {input}\"|]]);", TestName = "{m}(a script in a list)")]
    [TestCase("new ProcessStartInfo(\"bash\") { ArgumentList = { \"-c\", [|\"ls \" + input|] } };", TestName = "{m}(a script in an initializer)")]
    [TestCase("var info = new ProcessStartInfo(\"bash\"); info.ArgumentList.Add(\"-c\"); info.ArgumentList.Add([|$\"ls {input}\"|]);", TestName = "{m}(a script that is added)")]
    public Task Reports(string body) => Verify.ReportsAsync(InMethod(body));

    [TestCase("class C { string _file = \"\"; Process? M() => Process.Start(\"x\", [|$\"-i {_file}\"|]); }", TestName = "{m}(a field)")]
    [TestCase("class C { public string? File { get; set; } async Task M() { await Task.Yield(); using var p = Process.Start(\"x\", [|\"-i \" + File|]); } }", TestName = "{m}(a property in an async method)")]
    [TestCase("class C(string file) { IEnumerable<Process?> M() { yield return Process.Start(\"x\", [|$\"-i {file}\"|]); } }", TestName = "{m}(an iterator of a type with a primary constructor)")]
    [TestCase("partial class C<T> { static ProcessStartInfo Info(FileInfo file) => new(\"x\") { Arguments = [|$\"-i {file}\"|] }; }", TestName = "{m}(a generic partial type)")]
    [TestCase("class C { void M(string f) { using var p = Process.Start(\"x\", [|Line(f)|]); } static string Line(string file) { var line = \"-i \"; line += file; return line; } }", TestName = "{m}(a helper)")]
    [TestCase("class C { ProcessStartInfo _info = new(\"x\", [|$\"-i {Environment.CurrentDirectory}\"|]); }", TestName = "{m}(a field initializer)")]
    [TestCase("using var p = Process.Start(\"x\", [|$\"-i {args[0]}\"|]);", TestName = "{m}(top-level statements)")]
    public Task Reports_in(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("new ProcessStartInfo(\"x\", \"-i a -o b\");", TestName = "{m}(a constant)")]
    [TestCase("const string file = \"a\"; new ProcessStartInfo(\"x\", $\"-i {file}\" + \" -q\");", TestName = "{m}(constants)")]
    [TestCase("new ProcessStartInfo(\"x\", $\"-n {n} -q {quick} -d {DayOfWeek.Monday} -g {Guid.NewGuid()} -s {(double)n / 2:F1} -i {n.ToString(CultureInfo.InvariantCulture)}\");", TestName = "{m}(numbers)")]
    [TestCase("new ProcessStartInfo(\"x\", \"-p \" + Environment.ProcessId);", TestName = "{m}(a number that is added)")]
    [TestCase("var size = $\"{n}x{n}\"; new ProcessStartInfo(\"x\", $\"-s {size}\");", TestName = "{m}(numbers in a local)")]
    [TestCase("var codec = quick ? \"a\" : \"b\"; new ProcessStartInfo(\"x\", $\"-c {codec} -f {(quick ? \"1\" : \"2\")}\");", TestName = "{m}(a choice of constants)")]
    [TestCase("foreach (var kind in new[] { \"a\", \"b\" }) { new ProcessStartInfo(\"x\", $\"-c {kind}\"); }", TestName = "{m}(a loop over constants)")]
    [TestCase("new ProcessStartInfo(\"x\", input);", TestName = "{m}(a whole text)")]
    [TestCase("new ProcessStartInfo(\"x\", quick ? \"-q\" : input);", TestName = "{m}(a whole text or a constant)")]
    [TestCase("new ProcessStartInfo(\"x\", $\"{input}\");", TestName = "{m}(a whole text in an interpolation)")]
    [TestCase("var line = input; new ProcessStartInfo(\"x\", line);", TestName = "{m}(a whole text through a local)")]
    [TestCase("string arguments = input; new ProcessStartInfo(\"x\", \"-nostdin \" + arguments);", TestName = "{m}(arguments that somebody else put together)")]
    [TestCase("new ProcessStartInfo(\"x\", $\"-i {Quote(input)} -o {output.Replace(\"\\\"\", \"\\\\\\\"\")}\"); static string Quote(string s) => s;", TestName = "{m}(quoted values)")]
    [TestCase("new ProcessStartInfo(\"x\", string.Join(\" \", files.Select(Escape))); static string Escape(string s) => s;", TestName = "{m}(quoted elements)")]
    [TestCase("new ProcessStartInfo(\"x\", string.Join(\" \", files.Select(file => Escape(file)))); static string Escape(string s) => s;", TestName = "{m}(quoted elements in a lambda)")]
    [TestCase("var quoted = QuoteFile(input); new ProcessStartInfo(\"x\", $\"-i {quoted}\"); static string QuoteFile(string s) => s;", TestName = "{m}(a quoted value in a local)")]
    [TestCase("new ProcessStartInfo(\"x\") { ArgumentList = { \"-i\", input } };", TestName = "{m}(a list)")]
    [TestCase("new ProcessStartInfo(\"x\") { ArgumentList = { \"-c\", $\"a={input}\" } };", TestName = "{m}(no shell)")]
    [TestCase("new ProcessStartInfo(\"bash\") { ArgumentList = { \"-c\", input } };", TestName = "{m}(a whole script)")]
    [TestCase("new ProcessStartInfo(\"bash\") { ArgumentList = { \"-c\", \"ls \\\"$1\\\"\", \"-\", input } };", TestName = "{m}(a script with parameters)")]
    [TestCase("using var p = Process.Start(\"x\", [\"-i\", input]);", TestName = "{m}(a list at Start)")]
    [TestCase("using var p = Process.Start(\"explorer.exe\", $\"/select,\\\"{input}\\\"\");", TestName = "{m}(the explorer)")]
    [TestCase("using var p = Process.Start(new ProcessStartInfo(new Uri(input).AbsoluteUri) { UseShellExecute = true });", TestName = "{m}(a document that is opened)")]
    [TestCase("string Line(int count) => $\"-n {count}\"; using var p = Process.Start(\"x\", Line(n));", TestName = "{m}(a helper with numbers)")]
    [TestCase("var text = new StringBuilder(\"-n \"); text.Append(n).Append(\" -q\"); new ProcessStartInfo(\"x\", text.ToString());", TestName = "{m}(a builder with numbers)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(InMethod(body));

    [TestCase("class C { void M(string f) { using var p = Process.Start(\"x\", Line(\"a\")); } static string Line(string file) => $\"-i {file}\"; }", TestName = "{m}(a helper with a constant)")]
    [TestCase("class C { static readonly string File = \"a\"; Process? M() => Process.Start(\"x\", $\"-i {File}\"); }", TestName = "{m}(a constant field)")]
    [TestCase("class ProcessStartInfo { public string Arguments { get; set; } = \"\"; } class C { object M(string f) => new ProcessStartInfo { Arguments = \"-i \" + f }; }", TestName = "{m}(another type)")]
    [TestCase("class C { Process? M<T>(T value, object other) => Process.Start(\"x\", $\"-i {value} {other}\"); }", TestName = "{m}(values of any type)")]
    public Task Is_silent_in(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("using var p = Process.Start(\"/usr/bin/ffmpeg\", [|$\"-i \\\"{input}\\\" -o {output}\"|]);", "'M' writes 'input' and 'output' into the command line of 'ffmpeg': a blank or a quote in them makes other arguments")]
    [TestCase("using var p = Process.Start(\"bash\", [|$\"-c \\\"ls {input}\\\"\"|]);", "'M' writes 'input' into the command line of 'bash': the shell runs what is in it")]
    [TestCase("var info = new ProcessStartInfo(); info.FileName = \"git.exe\"; info.Arguments = [|\"add \" + input|];", "'M' writes 'input' into the command line of 'git': a blank or a quote in it makes other arguments")]
    [TestCase("using var p = Process.Start(input, [|string.Join(' ', files)|]);", "'M' writes 'files' into the command line of its child: a blank or a quote in it makes other arguments")]
    public Task Message_says_who_and_what(string body, string message) => Verify.ReportsAsync(InMethod(body), message: message);

    private const string Exact = "Pass each argument by itself";

    [Test]
    public Task Fix_cuts_at_blanks_and_quotes() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M(string input, string output, int n, double seconds)
            {
                // first
                using var p = Process.Start("ffmpeg", [|$"-i \"{input}\" -n {n} -ss {seconds:F1} -vf \"scale=iw/2 {input}\" --out=\"{output}\""|]); // convert
                var info = new ProcessStartInfo("ffmpeg", [|"-y -i \"" + input + "\""|]) { UseShellExecute = false };
                var third = new ProcessStartInfo
                {
                    FileName = "ffmpeg", // tool
                    Arguments = [|@$"-i ""{input}"" C:\a\b"|], // in
                    UseShellExecute = false,
                };
                // by hand
                var fourth = new ProcessStartInfo("ffmpeg");
                // what
                fourth.Arguments = [|$"-i \"{input}\" -q"|]; // why
                var line = $"-i \"{output}\""; // the line
                using var q = Process.Start("ffmpeg", [|line|]);
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M(string input, string output, int n, double seconds)
            {
                // first
                using var p = Process.Start("ffmpeg", ["-i", input, "-n", $"{n}", "-ss", $"{seconds:F1}", "-vf", $"scale=iw/2 {input}", $"--out={output}"]); // convert
                var info = new ProcessStartInfo("ffmpeg", ["-y", "-i", input]) { UseShellExecute = false };
                var third = new ProcessStartInfo
                {
                    FileName = "ffmpeg", // tool
                    ArgumentList = { "-i", input, "C:\\a\\b" }, // in
                    UseShellExecute = false,
                };
                // by hand
                var fourth = new ProcessStartInfo("ffmpeg");
                // what
                fourth.ArgumentList.Add("-i");
                fourth.ArgumentList.Add(input);
                fourth.ArgumentList.Add("-q"); // why
                string[] line = ["-i", output]; // the line
                using var q = Process.Start("ffmpeg", line);
            }
        }
        """);

    [Test]
    public Task Fix_says_which_value_becomes_one_argument() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M(string input, string? output)
            {
                // first
                using var p = new Process { StartInfo = { FileName = "x", Arguments = [|$"-i \"{input}\" -o {output}"|] } }; // convert
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M(string input, string? output)
            {
                // first
                using var p = new Process { StartInfo = { FileName = "x", ArgumentList = { "-i", input, "-o", $"{output}" } } }; // convert
            }
        }
        """,
        title: "Pass each argument by itself ('output' is one argument then, also with blanks in it)");

    [Test]
    public Task Fix_writes_what_older_compilers_read() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M(string input)
            {
                // first
                using (var p = Process.Start("x", [|$"-i \"{input}\""|])) { } // start
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M(string input)
            {
                // first
                using (var p = Process.Start("x", new[] { "-i", input })) { } // start
            }
        }
        """,
        setup: new Setup { Language = Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp10 });

    [Test]
    public Task Fix_gives_a_shell_its_script_as_it_is() => Verify.FixesAsync(
        "using System.Diagnostics;\nusing var p = Process.Start(\"/bin/bash\", [|$\"-c \\\"{args[0]}\\\"\"|]);",
        "using System.Diagnostics;\nusing var p = Process.Start(\"/bin/bash\", [\"-c\", args[0]]);",
        title: Exact);

    [TestCase("using var p = Process.Start(\"bash\", [|$\"-c \\\"ls {input}\\\"\"|]);", TestName = "{m}(a script that is put together)")]
    [TestCase("using var p = Process.Start(\"cmd.exe\", [|$\"/c \\\"{input}\\\"\"|]);", TestName = "{m}(a program with rules of its own)")]
    [TestCase("string arguments = input; using var p = Process.Start(\"x\", [|$\"{arguments} \\\"{output}\\\"\"|]);", TestName = "{m}(arguments of somebody else)")]
    [TestCase("using var p = Process.Start(\"x\", [|$\"{(quick ? \"-q\" : \"\")} \\\"{output}\\\"\"|]);", TestName = "{m}(an argument that may be none)")]
    [TestCase("using var p = Process.Start(\"x\", [|string.Join(\" \", files)|]);", TestName = "{m}(a list)")]
    [TestCase("using var p = Process.Start(\"x\", [|$\"-i '{input}'\"|]);", TestName = "{m}(single quotes)")]
    [TestCase("using var p = Process.Start(\"x\", [|$\"-e \\\"a=\\\\\\\"{input}\\\\\\\"\\\"\"|]);", TestName = "{m}(quotes in quotes)")]
    [TestCase("using var p = Process.Start(\"x\", [|\"-i \\\"\" /* in */ + input + \"\\\"\"|]);", TestName = "{m}(a comment)")]
    [TestCase("var info = new ProcessStartInfo(\"x\", [|$\"-i \\\"{input}\\\"\"|]); Console.WriteLine(info.Arguments);", TestName = "{m}(a text that is read)")]
    [TestCase("var info = new ProcessStartInfo(\"x\", [|$\"-i \\\"{input}\\\"\"|]); if (quick) { info.Arguments += \" -q\"; }", TestName = "{m}(a text that goes on)")]
    [TestCase("var info = new ProcessStartInfo(\"x\"); foreach (var file in files) { info.Arguments = [|$\"-i \\\"{file}\\\"\"|]; using var p = Process.Start(info); }", TestName = "{m}(settings that are used again)")]
    [TestCase("var info = new ProcessStartInfo(\"x\", [|$\"-i \\\"{input}\\\"\"|]); Log(info); void Log(ProcessStartInfo i) => Console.WriteLine(i.Arguments);", TestName = "{m}(settings that others read)")]
    public Task Fix_is_not_offered_for(string body) => Verify.OffersNoFixAsync(InMethod(body));

    [Test]
    public Task Fix_is_not_offered_where_there_is_no_list() => Verify.OffersNoFixAsync(
        Usings + "class C { void M(string input) { using (Process.Start(\"x\", [|$\"-i \\\"{input}\\\"\"|])) { } } }", setup: new Setup { Framework = Framework.NetStandard20 });
}
