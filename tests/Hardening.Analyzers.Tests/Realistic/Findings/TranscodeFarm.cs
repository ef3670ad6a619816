using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;

namespace Media.Transcoding;

public sealed record Clip(string Path, long Bytes);

/// <summary>Looks for new clips and makes small versions of them.</summary>
public sealed class TranscodeFarm : IDisposable
{
    private readonly string _inbox;
    private readonly string _outbox;
    private readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.Ordinal);
    private readonly Timer _scan;
    private int _scanning;
    private int _failed;

    public TranscodeFarm(string inbox, string outbox)
    {
        _inbox = inbox;
        _outbox = outbox;
        _scan = new Timer(_ => ScanGuarded(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    public int Failed => Volatile.Read(ref _failed);

    public void Dispose() => _scan.Dispose();

    public IReadOnlyList<Clip> Measure(IEnumerable<string> files) =>
        files.AsParallel().Select(ReadClip).Where(clip => clip.Bytes > 0).ToList(); // HRD2005

    public bool Probe(string file)
    {
        var start = new ProcessStartInfo("ffprobe") { ArgumentList = { "-v", "quiet", file } };
        using var probe = Process.Start(start) ?? throw new InvalidOperationException("ffprobe did not start.");
        if (probe.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            return probe.ExitCode == 0;
        }

        probe.Kill(); // HRD3003
        return false;
    }

    private void ScanGuarded()
    {
        if (Interlocked.Exchange(ref _scanning, 1) == 1)
        {
            return;
        }

        try
        {
            Scan();
        }
        finally
        {
            Volatile.Write(ref _scanning, 0);
        }
    }

    private void Scan()
    {
        foreach (var file in Directory.EnumerateFiles(_inbox, "*.mov"))
        {
            if (_seen.TryAdd(file, 0))
            {
                Begin(file);
            }
        }
    }

    private void Begin(string file)
    {
        var worker = new Thread(() => Transcode(file)) { IsBackground = true, Name = Path.GetFileName(file) };
        worker.Start();
    }

    private void Transcode(string file)
    {
        var target = Path.Combine(_outbox, Path.GetFileNameWithoutExtension(file) + ".mp4");
        var start = new ProcessStartInfo("ffmpeg") { ArgumentList = { "-y", "-i", file, "-vf", "scale=640:-2", target } };
        using var ffmpeg = Process.Start(start); // HRD3007
        if (ffmpeg is null || !ffmpeg.WaitForExit(TimeSpan.FromMinutes(15)))
        {
            ffmpeg?.Kill(entireProcessTree: true);
            Interlocked.Increment(ref _failed);
        }
    }

    private static Clip ReadClip(string file)
    {
        using var stream = File.OpenRead(file);
        var magic = new byte[12];
        return new Clip(file, stream.Read(magic, 0, magic.Length) == magic.Length ? stream.Length : 0);
    }
}
