using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Hardening.BrokerHost.Cameras;

namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>A host of cameras (Hardening.BrokerHost) as a process of its own, in a directory that marks it and all that it starts.</summary>
internal sealed class CameraHostProcess : IDisposable
{
    private const int KeptLines = 200;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, CameraReport> _reports = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;

    private CameraHostProcess(string name, Process process)
    {
        (Name, _process) = (name, process);
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The names of the cameras that it runs, and has frames of.</summary>
    public IReadOnlyList<string> Cameras => [.. _reports.Values.Where(report => report is { IsOwned: true, Received: > 5 }).Select(report => report.Camera).Order(StringComparer.Ordinal)];

    /// <summary>The names of those that it stands in line for.</summary>
    public IReadOnlyList<string> Lines => [.. _reports.Values.Where(report => report.IsWaiting).Select(report => report.Camera)];

    /// <summary>What it logged last.</summary>
    public string Log => string.Join('\n', _log.Select(line => $"  {Name}: {line}"));

    public static CameraHostProcess Start(string name, string directory, params IEnumerable<string> arguments) =>
        new(name, Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Hardening.BrokerHost.dll"), "cameras", .. arguments])
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true,
        })!);

    /// <summary>What it said of a camera last; null before it did.</summary>
    public CameraReport? Report(string camera) => _reports.GetValueOrDefault(camera);

    /// <summary>SIGKILL, to it alone.</summary>
    public void Kill()
    {
        Signals.Send("KILL", Id);
        Assert.That(_process.WaitForExit(EndLimit), $"{Name} cannot be killed");
    }

    /// <summary>SIGTERM, and its exit code.</summary>
    public int Stop()
    {
        Signals.Send("TERM", Id);
        Assert.That(_process.WaitForExit(EndLimit), $"{Name} does not end after SIGTERM:\n{Log}");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is not null && JsonSerializer.Deserialize<CameraReport>(line) is { } report)
        {
            _reports[report.Camera] = report;
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
            while (_log.Count > KeptLines && _log.TryDequeue(out _))
            {
                // the oldest
            }
        }
    }
}
