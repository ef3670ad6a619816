using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Analyzers.Tests.Facts;

public sealed class BlockingTests
{
    private static readonly Compilation Current = Compile("");

    private static IEnumerable<TestCaseData> OfDotNet() =>
        from entry in BlockingTable.Read(BlockingTable.Waits).Concat(BlockingTable.Read(BlockingTable.InputOutput))
        from member in entry.Members
        select new TestCaseData(entry.Type, member).SetArgDisplayNames(entry.Type, member);

    [TestCaseSource(nameof(OfDotNet))]
    public void Table_names_what_exists(string typeName, string member)
    {
        var type = Current.GetTypeByMetadataName(typeName);
        Assert.That(type, Is.Not.Null);
        Assert.That(type!.GetMembers(member).Where(found => found.DeclaredAccessibility == Accessibility.Public), Is.Not.Empty);
    }

    [Test]
    public void Streams_in_memory_exist() =>
        Assert.That(BlockingTable.Read(BlockingTable.InMemory).Select(entry => Current.GetTypeByMetadataName(entry.Type)), Has.None.Null);

    [Test]
    public void Table_names_each_member_once()
    {
        var members =
            from table in (string[])[BlockingTable.Waits, BlockingTable.InputOutput, BlockingTable.Libraries]
            from entry in BlockingTable.Read(table)
            from member in entry.Members
            select $"{entry.Type}.{member}";
        Assert.That(members, Is.Unique);
    }

    [TestCase("System.Threading.Thread.Sleep(1)", "Thread.Sleep", true)]
    [TestCase("System.IO.File.ReadAllText(\"\")", "File.ReadAllText", false)]
    [TestCase("System.Threading.Tasks.Task.Run(() => 1).GetAwaiter().GetResult()", "GetAwaiter().GetResult()", true)]
    [TestCase("OpenCvSharp.Cv2.WaitKey(1)", null, null, TestName = "{m}(declared in this compilation)")]
    [TestCase("System.Console.WriteLine()", null, null, TestName = "{m}(not in the table)")]
    public void A_call_is_found_by_its_meaning(string call, string? name, bool? isWait)
    {
        var found = new Blocking(Current, new AnalyzerOptions([])).Find(Operation(call));
        Assert.That((found?.Name, found?.IsWait), Is.EqualTo((name, isWait)));
    }

    [Test]
    public void Types_of_a_library_are_known_by_name()
    {
        var library = CSharpCompilation.Create("OpenCvSharp", [CSharpSyntaxTree.ParseText(
            """
            namespace OpenCvSharp
            {
                public sealed class Mat { }
                public class VideoCapture { public VideoCapture(string url) { } public bool Read(Mat mat) => true; }
            }
            """)], Current.References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var compilation = Compile("class C { bool M(OpenCvSharp.VideoCapture c, OpenCvSharp.Mat m) => c.Read(m); object N() => new OpenCvSharp.VideoCapture(\"rtsp\"); }")
            .AddReferences(library.ToMetadataReference());
        var blocking = new Blocking(compilation, new AnalyzerOptions([]));
        var tree = compilation.SyntaxTrees.First();
        var model = compilation.GetSemanticModel(tree);
        var names = tree.GetRoot().DescendantNodes().Select(node => model.GetOperation(node)).OfType<IOperation>()
            .Select(operation => blocking.Find(operation)?.Name).OfType<string>();
        Assert.That(names, Is.EquivalentTo(["VideoCapture.Read", "new VideoCapture"]));
    }

    private static IOperation Operation(string call)
    {
        var tree = CSharpSyntaxTree.ParseText($"namespace OpenCvSharp {{ static class Cv2 {{ public static int WaitKey(int ms) => 0; }} }} class C {{ void M() {{ {call}; }} }}");
        var compilation = Current.ReplaceSyntaxTree(Current.SyntaxTrees.First(), tree);
        var statement = tree.GetRoot().DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.ExpressionStatementSyntax>().Single();
        return compilation.GetSemanticModel(tree).GetOperation(statement.Expression)!;
    }

    private static Compilation Compile(string source)
    {
        var compiling = RuleRunner.CreateProject(Markup.Parse(source), Setup.Default).GetCompilationAsync();
        return compiling.Wait(TimeSpan.FromSeconds(60)) ? compiling.Result! : throw new TimeoutException("The test source is not compiled yet.");
    }
}
