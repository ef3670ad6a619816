using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Documents.Office;

/// <summary>Turns documents of an office suite into PDF; the suite shows a dialog now and then, hence the ways to end it.</summary>
public sealed class OfficePdfConverter : IDisposable
{
    private readonly object _gate = new();
    private readonly string _office;
    private readonly string _profile;
    private int _converted;
    private int _failed;

    public OfficePdfConverter(string office, string profile)
    {
        _office = office;
        _profile = profile;
        Directory.CreateDirectory(profile);
    }

    public (int Converted, int Failed) Counts
    {
        get
        {
            lock (_gate)
            {
                return (_converted, _failed);
            }
        }
    }

    public bool Convert(string document, string folder)
    {
        var info = new ProcessStartInfo(_office) { ArgumentList = { "--headless", "--convert-to", "pdf", "--outdir", folder, document } };
        using var office = Process.Start(info);
        if (office is null)
        {
            return Count(false);
        }

        if (office.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            return Count(office.ExitCode == 0);
        }

        office.Kill(entireProcessTree: true);
        var half = Path.Combine(folder, Path.GetFileNameWithoutExtension(document) + ".pdf.tmp");
        File.Delete(half); // HRD3009
        return Count(false);
    }

    public void Print(string document, string printer)
    {
        using var office = Process.Start(_office, ["--pt", printer, document]);
        if (!office.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            office.CloseMainWindow(); // HRD3008
        }
    }

    public string Text(string document)
    {
        using var office = new Process
        {
            StartInfo = new ProcessStartInfo(_office, $"--headless --cat \"{document}\"") // HRD3012
            {
                RedirectStandardOutput = true,
            },
        };
        office.Start();
        var text = office.StandardOutput.ReadToEnd();
        office.WaitForExit(5_000); // HRD3005
        return text;
    }

    public void Dispose()
    {
        for (var attempt = 0; Directory.Exists(_profile) && attempt < 3; attempt++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(500);
            }
        }
    }

    private bool Count(bool succeeded)
    {
        lock (_gate)
        {
            _ = succeeded ? _converted++ : _failed++;
        }

        return succeeded;
    }
}
