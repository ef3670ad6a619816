using Hardening.Analyzers.Tests.Camera;
using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Analyzers.Tests.Realistic;

/// <summary>What applications reference beside .NET itself: ASP.NET, NUnit, and small stand-ins for packages that are not at hand.</summary>
internal static class ApplicationReferences
{
    private const string Grpc =
        """
        namespace Grpc.Core
        {
            public abstract class ServerCallContext { public System.Threading.CancellationToken CancellationToken => default; public string Peer => ""; }
            public interface IServerStreamWriter<in T> { System.Threading.Tasks.Task WriteAsync(T message, System.Threading.CancellationToken token); }
        }
        """;

    private static readonly string[] Platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    public static ImmutableArray<MetadataReference> All { get; } =
        [.. Platform.Where(path => IsApplications(Path.GetFileName(path))).Select(path => MetadataReference.CreateFromFile(path)),
            Library("OpenCvSharp", OpenCvDeclarations.OpenCvSharp4),
            Library("Grpc.Core.Api", Grpc)];

    private static bool IsApplications(string name) =>
        name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal) || name is "nunit.framework.dll";

    // Compiled, as a package is: what is written in the compilation itself is another matter to the rules.
    private static PortableExecutableReference Library(string name, string source)
    {
        var library = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source)],
            [.. Platform.Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)).Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = library.Emit(image);
        return result.Success
            ? MetadataReference.CreateFromImage(image.ToArray())
            : throw new VerificationException($"{name} must compile:\n{string.Join('\n', result.Diagnostics)}");
    }
}
