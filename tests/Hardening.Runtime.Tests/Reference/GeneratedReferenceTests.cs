using System.Reflection;
using Hardening.Camera;
using Hardening.Dashboard;
using Hardening.Messaging;
using Hardening.Stalls;

namespace Hardening.Runtime.Tests.Reference;

/// <summary>The pages of options and exceptions are written from the code, and the doc comments that they repeat say what the code does.</summary>
public sealed class GeneratedReferenceTests
{
    // The package on OpenCV is not built by default; its options are compiled here, from its source.
    private static readonly (string Package, Assembly Assembly, XmlDocs Docs)[] s_packages =
    [
        Package(typeof(FramePipeline).Assembly),
        Package(typeof(WitnessOptions).Assembly),
        Package(typeof(HardeningDashboardOptions).Assembly),
        Package(typeof(RabbitMqOptions).Assembly),
        Package(typeof(AravisFrameSourceOptions).Assembly),
        Package(typeof(OpenCvFrameSourceOptions).Assembly, "Hardening.Runtime.OpenCv"),
    ];

    [Test]
    public void Generated_page_tells_every_option() =>
        Baseline.Check("docs/runtime/options.md", OptionsPage.Write(s_packages.Select(package => (package.Package, OptionsPage.TypesOf(package.Assembly), package.Docs))));

    [Test]
    public void Generated_page_tells_every_exception() =>
        Baseline.Check("docs/runtime/exceptions.md", ExceptionsPage.Write(s_packages.Select(package => (package.Package, ExceptionsPage.TypesOf(package.Assembly), package.Docs))));

    [Test]
    public void Comments_of_options_say_the_range_and_the_default_that_the_code_has()
    {
        var problems =
            from package in s_packages
            from type in OptionsPage.TypesOf(package.Assembly)
            from option in OptionsPage.OptionsOf(type, package.Docs)
            where option.Problem is not null
            select $"{type.Name}.{option.Property.Name} {option.Problem}";
        Assert.That(problems, Is.Empty);
    }

    [Test]
    public void Ranges_that_comments_state_are_those_that_are_checked()
    {
        var checkedRanges = 0;
        Assert.Multiple(() =>
        {
            foreach (var package in s_packages)
            {
                foreach (var type in OptionsPage.TypesOf(package.Assembly).Where(type => OptionsCheck.Of(type) is not null))
                {
                    foreach (var option in OptionsPage.OptionsOf(type, package.Docs))
                    {
                        if (StatedRange.Parse(option.Allowed, option.Kind) is { } range)
                        {
                            checkedRanges++;
                            Assert.That(OptionsCheck.Of(type)!.Refuses(option.Property, range.TooSmall), $"{type.Name}.{option.Property.Name} takes {range.TooSmall}");
                            Assert.That(OptionsCheck.Of(type)!.Refuses(option.Property, range.TooLarge), $"{type.Name}.{option.Property.Name} takes {range.TooLarge}");
                            Assert.That(OptionsCheck.Of(type)!.RefusesRange(option.Property, range.Least), Is.False, $"{type.Name}.{option.Property.Name} does not take {range.Least}");
                            Assert.That(OptionsCheck.Of(type)!.RefusesRange(option.Property, range.Most), Is.False, $"{type.Name}.{option.Property.Name} does not take {range.Most}");
                        }
                    }
                }
            }
        });
        Assert.That(checkedRanges, Is.GreaterThan(60), "most options state a range in figures");
    }

    [Test]
    public void Comments_of_exceptions_say_when_and_what_to_do()
    {
        var silent =
            from package in s_packages
            from type in ExceptionsPage.TypesOf(package.Assembly)
            where package.Docs.Summary(type).Length == 0 || package.Docs.Remarks(type).Length == 0 || ExceptionsPage.DataOf(type).Any(property => package.Docs.Summary(property).Length == 0)
            select type.Name;
        Assert.That(silent, Is.Empty);
    }

    [Test]
    public void Sources_of_all_options_are_looked_at()
    {
        var known = s_packages.SelectMany(package => OptionsPage.TypesOf(package.Assembly)).Select(type => type.Name + ".cs");
        var sources = Directory.EnumerateFiles(Path.Combine(Baseline.RepositoryRoot, "runtime"), "*Options.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("\npublic sealed class " + Path.GetFileNameWithoutExtension(file), StringComparison.Ordinal));
        Assert.That(sources.Select(Path.GetFileName), Is.SubsetOf(known));
    }

    private static (string, Assembly, XmlDocs) Package(Assembly assembly, string? name = null) => (name ?? assembly.GetName().Name!, assembly, new XmlDocs(assembly));
}
