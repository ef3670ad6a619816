using Hardening.Cli.Projects;

namespace Hardening.Cli.Tests.Projects;

public sealed class BuildErrorTests
{
    [TestCase("/s/A/B.cs(1,36): error CS0103: The name 'X' does not exist in the current context [/s/A/A.csproj]", "/s/A/A.csproj", null, "/s/A/B.cs(1,36): CS0103: The name 'X' does not exist in the current context")]
    [TestCase("/s/A/B.cs(1,36): error CS0103: The name 'X' does not exist [/s/A/A.csproj::TargetFramework=net8.0]", "/s/A/A.csproj", "net8.0", "/s/A/B.cs(1,36): CS0103: The name 'X' does not exist")]
    [TestCase("/s/A/A.csproj : error NU1101: Unable to find package P. No packages exist with this id in source(s): none [/s/All.sln]", "/s/A/A.csproj", null, "NU1101: Unable to find package P. No packages exist with this id in source(s): none")]
    [TestCase("CSC : error CS7027: Error signing output [/s/A/A.csproj]", "/s/A/A.csproj", null, "CS7027: Error signing output")]
    [TestCase("/sdk/x.targets(266,5): error NETSDK1004: Assets file 'a' not found. [/s/A/A.csproj]", "/s/A/A.csproj", null, "/sdk/x.targets(266,5): NETSDK1004: Assets file 'a' not found.")]
    [TestCase("MSBUILD : error MSB1009: Project file does not exist.", null, null, "MSB1009: Project file does not exist.")]
    public void An_error_is_told_with_its_project_and_place(string line, string? project, string? framework, string text)
    {
        var error = BuildError.Parse(line);
        Assert.That((error?.Project, error?.Framework, error?.Text), Is.EqualTo((project, framework, text)));
    }

    [TestCase("  A -> /tmp/a.dll")]
    [TestCase("/s/A/B.cs(1,36): warning CS0168: The variable 'error' is declared but never used [/s/A/A.csproj]")]
    [TestCase("    0 Error(s)")]
    [TestCase("")]
    public void Other_lines_are_no_errors(string line) => Assert.That(BuildError.Parse(line), Is.Null);
}
