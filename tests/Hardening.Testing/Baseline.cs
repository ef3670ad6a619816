using System.Reflection;

namespace Hardening.Testing;

/// <summary>Texts that follow from the code and are kept beside it: compared by a plain run, and written by one with <c>HARDENING_WRITE=1</c>.</summary>
public static class Baseline
{
    /// <summary>The root of the repository that the tests were built in.</summary>
    public static string RepositoryRoot { get; } =
        typeof(Baseline).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Compares the text with a file of the repository, or writes it there.</summary>
    public static void Check(string path, string text)
    {
        var file = Path.Combine(RepositoryRoot, path);
        if (Environment.GetEnvironmentVariable("HARDENING_WRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.That(File.Exists(file) ? File.ReadAllText(file) : "", Is.EqualTo(text), $"{path} is out of date; look at the difference, and write it with: HARDENING_WRITE=1 dotnet test --filter Generated");
    }
}
