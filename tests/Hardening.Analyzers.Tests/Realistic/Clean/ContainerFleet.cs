using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Containers.Fleet;

public sealed record FleetMember(string Name, int Id, DateTime Since);

/// <summary>Owns one foreground container process for each name, until it is asked to stop it or is disposed.</summary>
public sealed class ContainerFleet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Process> _members = new(StringComparer.Ordinal);
    private readonly TimeSpan _grace;

    public ContainerFleet(TimeSpan grace) => _grace = grace;

    public IReadOnlyList<FleetMember> Members =>
        [.. from member in _members
            where !member.Value.HasExited
            select new FleetMember(member.Key, member.Value.Id, member.Value.StartTime)];

    public bool TryStart(string name, string image, int port)
    {
        var info = new ProcessStartInfo("docker")
        {
            ArgumentList = { "run", "--rm", "--name", name, "-p", $"{port}:8080", image },
        };
        var process = Process.Start(info);
        if (process is null)
        {
            return false;
        }

        if (_members.TryAdd(name, process))
        {
            return true;
        }

        process.Kill(entireProcessTree: true);
        process.WaitForExit(_grace);
        process.Dispose();
        return false;
    }

    public async Task<bool> StopAsync(string name)
    {
        if (!_members.TryRemove(name, out var process))
        {
            return false;
        }

        await EndAsync(process);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        var members = _members.Values.ToArray();
        _members.Clear();
        foreach (var process in members)
        {
            await EndAsync(process);
        }
    }

    private async Task EndAsync(Process process)
    {
        using (process)
        {
            if (process.HasExited)
            {
                return;
            }

            process.Kill(entireProcessTree: true);
            using var patience = new CancellationTokenSource(_grace);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Trace.TraceWarning("Process {0} is still there after {1}.", process.Id, _grace);
            }
        }
    }
}
