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

    // What the camera rules do not ask about, beside the declarations that their own tests use.
    private const string MoreOfOpenCv =
        """

        namespace OpenCvSharp
        {
            public partial class Mat { public static Mat ImDecode(byte[] data) => new(); public byte[] ImEncode(string extension) => []; }
            public class QRCodeDetector : CvObject { public string DetectAndDecode(InputArray image, out Point[] points) { points = []; return ""; } }
            public class CascadeClassifier : CvObject { public CascadeClassifier(string file) { } public Rect[] DetectMultiScale(Mat image) => []; }
            public class BackgroundSubtractorMOG2 : CvObject
            {
                public static BackgroundSubtractorMOG2 Create(int history, double threshold, bool shadows) => new();
                public void Apply(InputArray image, OutputArray mask, double rate = -1) { }
            }
            public class VideoWriter : CvObject
            {
                public VideoWriter(string file, int codec, double rate, Size size) { }
                public static int FourCC(string code) => 0;
                public bool IsOpened() => true;
                public void Write(InputArray image) { }
                public void Release() { }
            }
        }
        """;

    private const string Pylon =
        """
        using System;
        namespace Basler.Pylon
        {
            public enum TimeoutHandling { Return, ThrowException }
            public interface IGrabResult : IDisposable
            {
                bool GrabSucceeded { get; }
                int Width { get; }
                int Height { get; }
                long ImageNumber { get; }
                long PayloadSize { get; }
                object PixelData { get; }
                IntPtr PixelDataPointer { get; }
                IGrabResult Clone();
            }
            public class ImageGrabbedEventArgs : EventArgs { public IGrabResult GrabResult => null!; public void DisposeGrabResultIfClone() { } }
            public interface IStreamGrabber
            {
                event EventHandler<ImageGrabbedEventArgs> ImageGrabbed;
                bool IsGrabbing { get; }
                void Start();
                void Stop();
                IGrabResult RetrieveResult(int timeoutMs, TimeoutHandling handling);
            }
            public class Camera : IDisposable
            {
                public Camera(string serialNumber) { }
                public event EventHandler? ConnectionLost { add { } remove { } }
                public IStreamGrabber StreamGrabber => null!;
                public void Open() { }
                public void Close() { }
                public void Dispose() { }
            }
        }
        """;

    private const string ServiceProcess =
        """
        namespace System.ServiceProcess
        {
            public abstract class ServiceBase : System.ComponentModel.Component
            {
                public string ServiceName { get; set; } = "";
                public static void Run(ServiceBase service) { }
                protected virtual void OnStart(string[] args) { }
                protected virtual void OnStop() { }
            }
        }
        """;

    private static readonly string[] Platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    private static readonly MetadataReference TestFramework = MetadataReference.CreateFromFile(Platform.Single(path => Path.GetFileName(path) == "nunit.framework.dll"));

    private static readonly ImmutableArray<MetadataReference> All =
        [.. Platform.Where(path => IsApplications(Path.GetFileName(path))).Select(path => MetadataReference.CreateFromFile(path)),
            Library("OpenCvSharp", OpenCvDeclarations.OpenCvSharp4 + MoreOfOpenCv),
            Library("Emgu.CV", OpenCvDeclarations.Emgu),
            Library("Basler.Pylon", Pylon),
            Library("System.ServiceProcess.ServiceController", ServiceProcess),
            Library("Grpc.Core.Api", Grpc)];

    /// <summary>An application does not reference a test framework, and rules may ask for that.</summary>
    public static ImmutableArray<MetadataReference> Of(RealisticFile file) =>
        file.Documents.Any(document => document.Text.Contains("NUnit", StringComparison.Ordinal)) ? All.Add(TestFramework) : All;

    private static bool IsApplications(string name) =>
        name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Net.", StringComparison.Ordinal);

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
