namespace Hardening.Analyzers.Tests.Camera;

/// <summary>The few members of camera makers' libraries that the tests use; the libraries themselves are not needed.</summary>
internal static class GrabberDeclarations
{
    public const string All =
        """
        using System;
        namespace Basler.Pylon
        {
            public enum TimeoutHandling { Return, ThrowException }
            public interface IGrabResult : IDisposable { bool GrabSucceeded { get; } bool IsValid { get; } object PixelData { get; } int Width { get; } }
            public interface IStreamGrabber { IGrabResult RetrieveResult(int timeoutMs, TimeoutHandling timeoutHandling); IGrabResult GrabOne(int timeoutMs); bool IsGrabbing { get; } }
            public class Camera : IDisposable { public IStreamGrabber StreamGrabber => null!; public void Dispose() { } }
        }
        namespace SpinnakerNET
        {
            public interface IManagedImage : IDisposable { bool IsIncomplete { get; } IntPtr DataPtr { get; } void Save(string fileName); void Release(); }
            public interface IManagedCamera { IManagedImage GetNextImage(); IManagedImage GetNextImage(ulong grabTimeout); }
        }
        namespace Aravis
        {
            public enum BufferStatus { Success, Timeout }
            public class Buffer { public BufferStatus Status => default; public byte[] GetData() => []; }
            public class Stream { public Buffer PopBuffer() => new(); public Buffer? TimeoutPopBuffer(ulong timeout) => null; public void PushBuffer(Buffer buffer) { } }
        }
        """;
}
