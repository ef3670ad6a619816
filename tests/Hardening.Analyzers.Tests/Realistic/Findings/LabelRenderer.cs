using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Shipping.Labels;

/// <summary>Draws labels with a headless browser, which stays open between the labels.</summary>
public sealed class LabelRenderer : IDisposable
{
    private readonly Process _browser;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly string _profile;

    public LabelRenderer(string browser)
    {
        _profile = Directory.CreateTempSubdirectory("labels").FullName;
        var info = new ProcessStartInfo(browser)
        {
            ArgumentList = { "--headless", "--print-server", "--user-data-dir", _profile },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _browser = Process.Start(info) ?? throw new IOException($"{browser} did not start."); // HRD3013
        _browser.Exited += (_, _) => Lost = true; // HRD3010
    }

    public bool Lost { get; private set; }

    public async Task<string> RenderAsync(string html, CancellationToken token)
    {
        await _one.WaitAsync(token);
        try
        {
            await _browser.StandardInput.WriteLineAsync(html.ReplaceLineEndings(" ").AsMemory(), token);
            await _browser.StandardInput.FlushAsync(token);
            return await _browser.StandardOutput.ReadLineAsync(token) ?? throw new EndOfStreamException("The browser has ended.");
        }
        finally
        {
            _one.Release();
        }
    }

    public void Print(string file, string printer)
    {
        using var lp = Process.Start("lp", ["-d", printer, file]);
        lp.WaitForExit(10_000); // HRD3005
        File.Delete(file);
    }

    public void Dispose()
    {
        if (!_browser.HasExited)
        {
            _browser.Kill(entireProcessTree: true);
            _browser.WaitForExit(TimeSpan.FromSeconds(5));
        }

        _browser.Dispose();
        _one.Dispose();
        Directory.Delete(_profile, recursive: true);
    }
}

public static class LabelFiles
{
    public static string Next(string folder, string order)
    {
        for (var number = 1; ; number++)
        {
            var file = Path.Combine(folder, $"{order}-{number:D2}.pdf");
            if (!File.Exists(file))
            {
                return file;
            }
        }
    }
}

// === Runtime.cs ===
namespace Hardening.Processes
{
    public sealed class SupervisedProcess : System.IDisposable
    {
        public static SupervisedProcess Start(System.Diagnostics.ProcessStartInfo info) => new();

        public void Dispose()
        {
        }
    }
}
