using System.Collections;
using System.Reflection;

namespace Hardening.Docs.Tests.Pages;

/// <summary>The machine of a stranger: a home directory in which nothing is, but for the package sources of whoever runs the tests.</summary>
internal static class CleanMachine
{
    /// <summary>What pages call the address of the broker that a reader has.</summary>
    public const string BrokerVariable = "BROKER";

    private const string FallbackVariable = "RestoreAdditionalProjectFallbackFolders"; // a property of the build, which takes variables for such
    private const string NuGetConfiguration = ".nuget/NuGet/NuGet.Config";

    /// <summary>The home directory. Short, for sockets lie below it.</summary>
    public static string Home { get; } = Directory.CreateTempSubdirectory("hardening-docs-").FullName;

    /// <summary>Run before the page's <c>dotnet pack</c>: it takes what has been built for this run, and does not build again what other tests use, in another configuration.</summary>
    public static string TakeWhatIsBuilt { get; } = $"export NoBuild=true BuildProjectReferences=false DOTNET_CLI_DISABLE_PUBLISH_AND_PACK_RELEASE=true Configuration={Configuration}\n";

    /// <summary>Run after it, when the page leaves the repository.</summary>
    public static string LeaveRepository { get; } =
        $"unset NoBuild BuildProjectReferences DOTNET_CLI_DISABLE_PUBLISH_AND_PACK_RELEASE Configuration DOTNET_CLI_HOME NUGET_PACKAGES\nexport {FallbackVariable}='{Fallback}'\n";

    private static string Configuration => typeof(CleanMachine).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static string UserHome => Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string UserPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(UserHome, ".nuget", "packages");

    private static string Fallback => Path.Combine(Home, "fallback");

    /// <summary>Makes its directories.</summary>
    public static void Prepare()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Home, NuGetConfiguration))!);
        if (File.Exists(Path.Combine(UserHome, NuGetConfiguration)))
        {
            File.Copy(Path.Combine(UserHome, NuGetConfiguration), Path.Combine(Home, NuGetConfiguration));
        }

        // What the feeds have is taken from where this machine has it already; not our own packages, which may be of another day.
        Directory.CreateDirectory(Path.Combine(Home, "tmp"));
        Directory.CreateDirectory(Fallback);
        foreach (var package in Directory.EnumerateDirectories(UserPackages).Where(path => !Path.GetFileName(path).StartsWith("hardening.", StringComparison.OrdinalIgnoreCase)))
        {
            Directory.CreateSymbolicLink(Path.Combine(Fallback, Path.GetFileName(package)), package);
        }
    }

    /// <summary>An empty directory for a page.</summary>
    public static string FolderFor(string page) => Directory.CreateDirectory(Path.Combine(Home, Path.GetFileNameWithoutExtension(page))).FullName;

    /// <summary>All variables of a shell on it.</summary>
    /// <param name="inRepository">What is restored there stays with the packages of whoever runs the tests, and does not move into this home directory, which goes away.</param>
    /// <param name="broker">A broker's address; null where the page needs none.</param>
    public static IReadOnlyDictionary<string, string> Variables(bool inRepository, Uri? broker = null)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        // The build that started this test set them for itself.
        string[] ofBuilds = ["MSBuild", "VSTEST", "NUGET_PACKAGES", "DOTNET_CLI_HOME", "DOTNET_HOST_PATH", "TESTINGPLATFORM", "HARDENING_"];
        foreach (var name in variables.Keys.Where(name => ofBuilds.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            variables.Remove(name);
        }

        var dotnet = new FileInfo(Environment.ProcessPath!);
        foreach (var (name, value) in new (string, string)[]
        {
            ("HOME", Home), ("TMPDIR", Path.Combine(Home, "tmp")), ("DOTNET_ROOT", Path.GetDirectoryName((dotnet.ResolveLinkTarget(returnFinalTarget: true) ?? dotnet).FullName)!),
            ("DOTNET_CLI_UI_LANGUAGE", "en"), ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"),
            ("NuGetAudit", "false"), ("MSBUILDTERMINALLOGGER", "off"), ("MSBUILDDISABLENODEREUSE", "1"), ("NO_COLOR", "1"),
            ("GIT_AUTHOR_NAME", "reader"), ("GIT_AUTHOR_EMAIL", "reader@example.org"), ("GIT_COMMITTER_NAME", "reader"), ("GIT_COMMITTER_EMAIL", "reader@example.org"),
        }.Concat(inRepository ? [("DOTNET_CLI_HOME", UserHome), ("NUGET_PACKAGES", UserPackages)] : [(FallbackVariable, Fallback)]))
        {
            variables[name] = value;
        }

        if (broker is not null)
        {
            variables[BrokerVariable] = broker.AbsoluteUri;
        }

        return variables;
    }
}
