namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>Files of the tests, deleted with them.</summary>
[SetUpFixture]
public sealed class TestDirectory
{
    public static string Path { get; private set; } = "";

    [OneTimeSetUp]
    public void Make() => Path = Directory.CreateTempSubdirectory("hardening-opencv-").FullName;

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(Path, recursive: true);
}
