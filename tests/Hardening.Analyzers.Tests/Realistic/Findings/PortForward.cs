using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace Cluster.Access;

public enum Resource
{
    Pod,
    Service,
    Deployment,
}

/// <summary>Reaches into a cluster with kubectl.</summary>
public sealed class PortForward : IDisposable
{
    private static readonly Regex Forwarding = new(@"^Forwarding from 127\.0\.0\.1:(\d+)", RegexOptions.Compiled);

    private readonly string _context;
    private Process? _forward;

    public PortForward(string context)
    {
        _context = context;
    }

    public int Port { get; private set; }

    public async Task OpenAsync(Resource kind, string name, int port, CancellationToken token)
    {
        var info = new ProcessStartInfo
        {
            FileName = "kubectl",
            Arguments = $"--context {_context} port-forward {kind}/{name} :{port}", // HRD3012
            RedirectStandardOutput = true,
        };
        _forward = Process.Start(info) ?? throw new IOException("kubectl did not start."); // HRD3002
        while (await _forward.StandardOutput.ReadLineAsync(token) is { } line)
        {
            if (Forwarding.Match(line) is { Success: true } match)
            {
                Port = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                return;
            }
        }

        throw new IOException($"{kind} {name} cannot be reached.");
    }

    public async Task ScaleAsync(string deployment, int replicas, CancellationToken token)
    {
        using var kubectl = Process.Start("kubectl", ["--context", _context, "scale", deployment, $"--replicas={replicas}"]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await kubectl.WaitForExitAsync(limit.Token); // HRD3005
        if (kubectl.ExitCode != 0)
        {
            throw new IOException($"{deployment} was not scaled.");
        }
    }

    public async Task<string> DescribeAsync(Resource kind, string name)
    {
        using var kubectl = new Process
        {
            StartInfo = new("kubectl", ["--context", _context, "describe", kind.ToString().ToLowerInvariant(), name])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        kubectl.Start();
        var errors = await kubectl.StandardError.ReadToEndAsync(); // HRD3006
        var text = await kubectl.StandardOutput.ReadToEndAsync();
        await kubectl.WaitForExitAsync(); // HRD3004
        return errors.Length > 0 ? throw new IOException(errors) : text;
    }

    public void Dispose()
    {
        // The process ends when its pipe is closed, or so it is said.
        _forward?.StandardOutput.Close();
        _forward?.Dispose();
    }
}
