namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>What every source owes, from a file.</summary>
public sealed class OpenCvFileContractTests : FrameSourceContract
{
    private string _path = "";

    [OneTimeSetUp]
    public void WriteFile() => _path = Video.Write(TestDirectory.Path, frames: 20_000);

    protected override IFrameSource Create() => new OpenCvFrameSource(new OpenCvFrameSourceOptions { Name = "file", Source = _path });
}

/// <summary>What every source owes, from a network camera, converted to grey.</summary>
public sealed class OpenCvStreamContractTests : FrameSourceContract
{
    private MjpegServer? _server;

    [OneTimeSetUp]
    public void StartServer() => _server = MjpegServer.Start();

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }

    protected override IFrameSource Create() =>
        new OpenCvFrameSource(new OpenCvFrameSourceOptions { Name = "stream", Source = _server!.Url, PixelFormat = PixelFormat.Mono8 });
}
