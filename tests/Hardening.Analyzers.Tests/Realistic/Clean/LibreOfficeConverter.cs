using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Documents.Conversion;

public sealed record Conversion(string Document, string? Pdf, TimeSpan Took);

/// <summary>Converts one document at a time in a profile of its own, which is thrown away after each document.</summary>
public sealed class LibreOfficeConverter(string office, TimeSpan limit)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public Conversion Convert(string document, string folder)
    {
        var clock = Stopwatch.StartNew();
        var profile = Directory.CreateTempSubdirectory("office");
        try
        {
            var pdf = Path.Combine(folder, Path.ChangeExtension(Path.GetFileName(document), ".pdf"));
            return new Conversion(document, Run(document, folder, profile.FullName) && File.Exists(pdf) ? pdf : null, clock.Elapsed);
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }

    public bool CanConvert()
    {
        using var process = Process.Start(office, ["--version"]);
        process.WaitForExit(5_000);
        if (process.HasExited)
        {
            return process.ExitCode == 0;
        }

        process.Kill(entireProcessTree: true);
        return false;
    }

    public void ShowAndClose(string document, ManualResetEventSlim seen)
    {
        using var window = Process.Start(office, ["--view", document]);
        seen.Wait(limit);
        if (window.CloseMainWindow() && window.WaitForExit(Grace))
        {
            return;
        }

        window.Kill(entireProcessTree: true);
        window.WaitForExit(Grace);
    }

    private bool Run(string document, string folder, string profile)
    {
        var info = new ProcessStartInfo(office)
        {
            ArgumentList =
            {
                "--headless",
                $"-env:UserInstallation=file://{profile}",
                "--convert-to",
                "pdf",
                "--outdir",
                folder,
                document,
            },
        };
        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{office} did not start.");
        if (process.WaitForExit(limit))
        {
            return process.ExitCode == 0;
        }

        process.Kill(entireProcessTree: true);
        if (!process.WaitForExit(Grace))
        {
            throw new IOException($"{office} cannot be ended; {profile} stays.");
        }

        return false;
    }
}
