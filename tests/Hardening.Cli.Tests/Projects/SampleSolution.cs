namespace Hardening.Cli.Tests.Projects;

/// <summary>
/// A solution on disk, in a repository of its own: a program with a source generator and a reference to a library for two frameworks that sets its output paths itself, a project that does
/// not compile, and one whose package does not exist. Nothing needs a network.
/// </summary>
internal sealed class SampleSolution : IDisposable
{
    public SampleSolution()
    {
        // Its packages come from a folder that has none; those of the SDK's own targets are there already.
        Write("nuget.config", """<configuration><packageSources><clear /><add key="none" value="none" /></packageSources></configuration>""");
        Write("none/.keep", "");
        Write("Directory.Build.props", "<Project><PropertyGroup><LangVersion>latest</LangVersion></PropertyGroup></Project>");
        Write("All.slnx", """
            <Solution>
              <Project Path="src/App/App.csproj" />
              <Project Path="src/Lib/Lib.csproj" />
              <Project Path="src/Bad/Bad.csproj" />
              <Project Path="src/NoPackage/NoPackage.csproj" />
            </Solution>
            """);
        Write("src/Lib/Lib.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>
                <OutputPath>bin\mine\</OutputPath>
                <DocumentationFile>bin\docs\Lib.xml</DocumentationFile>
                <PostBuildEvent>touch ../../touched</PostBuildEvent>
                <NoWarn>CS1591</NoWarn>
              </PropertyGroup>
            </Project>
            """);
        Write("src/Lib/Gate.cs", """
            namespace Lib
            {
                public class Gate
                {
                    private int _count;

                    public int Enter()
                    {
                        lock (this)
                        {
                            return ++_count;
                        }
                    }
                }
            }
            """);
        Write("src/App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>
                <CompilerGeneratedFilesOutputPath>emitted</CompilerGeneratedFilesOutputPath>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Lib/Lib.csproj" />
              </ItemGroup>
            </Project>
            """);
        Write("src/App/Program.cs", """
            using System.Text.RegularExpressions;
            using Lib;

            Console.WriteLine(Words.Word().IsMatch("word") ? new Gate().Enter() : 0);

            internal static partial class Words
            {
                [GeneratedRegex("[a-z]+")]
                public static partial Regex Word();
            }
            """);
        Write("src/Bad/Bad.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");
        Write("src/Bad/Bad.cs", "class Bad { void Run() { lock (this) { Undefined.Call(); } } }\n");
        Write("src/NoPackage/NoPackage.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><PackageReference Include="There.Is.No.Such.Package" Version="1.0.0" /></ItemGroup>
            </Project>
            """);
        Write("src/NoPackage/Uses.cs", "using There.Is;\nclass Uses { void Run() { lock (this) { Console.WriteLine(Such.Package()); } } }\n");
        // What an earlier build left is no source.
        Write("src/App/obj/Debug/Left.cs", "this does not even parse\n");
        Write(".gitignore", "obj/\nbin/\n");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("harden-sample-").FullName;

    public string Solution => Path.Combine(Root, "All.slnx");

    public string Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>All files and folders, with the time of their last change.</summary>
    public IReadOnlyList<string> Listing() =>
        [.. Directory.EnumerateFileSystemEntries(Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O}")];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
