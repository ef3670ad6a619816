using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Hardening.BrokerHost;

namespace Hardening.Runtime.RabbitMq.Tests.Chaos;

/// <summary>
/// A host (Hardening.BrokerHost) as a process of its own. It works in a directory that marks it and all that it starts, and nobody supervises it: what it leaves when it is killed is what is tested.
/// </summary>
internal sealed class ServingHost : IDisposable
{
    private const int KeptLines = 100;

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;

    private ServingHost(string name, Process process)
    {
        (Name, _process) = (name, process);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        Ready = ReadAsync();
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Ends once it serves; false where it ended before.</summary>
    public Task<bool> Ready { get; }

    /// <summary>What it logged last.</summary>
    public string Log => string.Join('\n', _log.Select(line => $"  {Name}: {line}"));

    /// <param name="name">In messages.</param>
    /// <param name="directory">Where it and its workers work.</param>
    /// <param name="arguments">As <see cref="JobHost.Usage"/> says.</param>
    public static ServingHost Start(string name, string directory, params IEnumerable<string> arguments) =>
        new(name, Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Hardening.BrokerHost.dll"), .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);

    /// <summary>SIGKILL, to it alone.</summary>
    public void Kill()
    {
        Signals.Send("KILL", Id);
        Assert.That(_process.WaitForExit(KillLimit), $"{Name} cannot be killed");
    }

    /// <summary>SIGTERM once it serves, and its exit code.</summary>
    public async Task<int> StopAsync(CancellationToken timeout)
    {
        try
        {
            await Ready.WaitAsync(timeout);
            Signals.Send("TERM", Id);
            await _process.WaitForExitAsync(timeout);
        }
        catch (OperationCanceledException e)
        {
            _process.Kill(entireProcessTree: true);
            throw new AssertionException($"{Name} does not end after SIGTERM:\n{Log}", e);
        }

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

    private async Task<bool> ReadAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync();
        return line is not null && JsonSerializer.Deserialize<HostReady>(line)!.ProcessId == Id;
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
