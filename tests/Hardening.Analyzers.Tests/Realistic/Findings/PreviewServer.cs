using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<Renderer>();
var app = builder.Build();

app.MapGet("/preview/{document}", async (string document, CancellationToken token) =>
{
    var file = Path.Combine("documents", Path.GetFileName(document));
    var picture = Path.ChangeExtension(file, ".png");
    using var draw = Process.Start("pdftoppm", ["-png", "-singlefile", file, Path.ChangeExtension(file, null)]); // HRD3007
    await using var ending = token.Register(() => draw.Kill(entireProcessTree: true));
    await draw.WaitForExitAsync(token);
    return draw.ExitCode == 0 ? Results.File(picture, "image/png") : Results.NotFound();
});

app.MapPost("/rotate/{document}", async (string document, int degrees) =>
{
    var file = Path.Combine("documents", Path.GetFileName(document));
    var info = new ProcessStartInfo("qpdf", $"{file} --replace-input --rotate={degrees}"); // HRD3012
    using var rotate = Process.Start(info)!; // HRD3007
    await rotate.WaitForExitAsync(); // HRD3004
    return Results.StatusCode(rotate.ExitCode == 0 ? 200 : 500);
});

app.MapGet("/renderer", (Renderer renderer) => new { renderer.Restarts });
app.Services.GetRequiredService<Renderer>().Begin();
app.Run();

internal sealed class Renderer : IDisposable
{
    private readonly object _gate = new();
    private Process? _process;
    private bool _disposed;
    private int _restarts;

    public int Restarts => Volatile.Read(ref _restarts);

    public void Begin()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _process?.Dispose();
            _process = new Process { StartInfo = new ProcessStartInfo("render-server"), EnableRaisingEvents = true };
            _process.Exited += OnExited;
            _process.Start(); // HRD3011
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_process is { HasExited: false })
            {
                _process.Kill(); // HRD3003
            }

            _process?.Dispose();
        }
    }

    private void OnExited(object? sender, EventArgs e)
    {
        Interlocked.Increment(ref _restarts);
        Begin();
    }
}

// === Usings.cs ===
global using System;
global using System.IO;
global using System.Threading;
global using System.Threading.Tasks;
