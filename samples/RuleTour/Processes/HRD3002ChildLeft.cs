using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Shows a camera's picture in the browser, by ffmpeg. Dispose frees a handle; ffmpeg encodes on, and holds the port.</summary>
internal sealed class LivePicture : IDisposable
{
    private Process? _encoder;

    public void Start(string camera, string target) => _encoder = Process.Start("ffmpeg", ["-i", camera, "-f", "mpegts", target]); // HRD3002

    public void Dispose() => _encoder?.Dispose();
}
