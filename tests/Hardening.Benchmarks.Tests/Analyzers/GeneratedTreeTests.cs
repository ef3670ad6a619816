using Hardening.Benchmarks.Analyzers;
using Hardening.Benchmarks.Analyzers.Generated;

namespace Hardening.Benchmarks.Tests.Analyzers;

public sealed class GeneratedTreeTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hardening-generated-").FullName;

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Is_the_same_each_time_and_as_large_as_asked_for()
    {
        var (first, second) = (Write("first", 5), Write("second", 5));
        Assert.That(first.KiloLines, Is.InRange(5, 6.5));
        Assert.That(Texts(second), Is.EqualTo(Texts(first)));
    }

    [Test]
    public void Grows_by_code_that_differs()
    {
        var texts = Texts(Write("large", 15)).ToList();
        var lines = texts.SelectMany(text => text.Split('\n')).Where(line => line.Contains(';', StringComparison.Ordinal)).ToList();
        Assert.That(texts.Distinct().Count(), Is.EqualTo(texts.Count));
        Assert.That(lines.Distinct().Count(), Is.GreaterThan(lines.Count / 5));
    }

    [Test]
    public void A_marked_mistake_that_no_rule_finds_is_noticed()
    {
        var tree = Write("marked", 5);
        var marks = tree.Files.SelectMany(path => File.ReadLines(path).Select((line, i) => (path, line, number: i + 1))).Where(place => place.line.Contains("// HRD", StringComparison.Ordinal)).ToList();
        var findings = marks.ConvertAll(place => new Finding(place.line[^7..], place.path, place.number));
        Assert.That(marks, Is.Not.Empty);
        Assert.That(GeneratedTree.WhyNotFound(tree, findings), Is.Null);
        Assert.That(GeneratedTree.WhyNotFound(tree, findings[1..]), Does.StartWith($"{findings[0].Id} is not reported at {findings[0].Path}:{findings[0].Line}"));
    }

    private SourceTree Write(string name, int kiloLines) => GeneratedTree.Write(Path.Combine(_folder, name), kiloLines);

    private static IEnumerable<string> Texts(SourceTree tree) => tree.Files.Select(File.ReadAllText);
}
