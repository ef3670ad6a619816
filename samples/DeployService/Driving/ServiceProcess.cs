using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using DeployService.CommandLine;
using DeployService.Measuring;
using DeployService.Serving;
using Hardening.Processes;

namespace DeployService.Driving;

/// <summary>
/// The service as a process of its own, a child of this one. What it leaves behind stays until this object is disposed, to be counted; or until this process is gone,
/// however that goes.
/// </summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly SupervisedProcess _process;
    private readonly TimeProvider _time;

    private ServiceProcess(SupervisedProcess process, Uri address, TimeSpan startTime, TimeProvider time)
    {
        (_process, Address, StartTime, _time) = (process, address, startTime, time);
        Clients = new DeployClients(address, time);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>From its start until it took requests.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>Clients of it.</summary>
    public DeployClients Clients { get; }

    /// <summary>Starts the service, and returns when it takes requests.</summary>
    /// <param name="server">Which one.</param>
    /// <param name="runId">The mark of the run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives up; the service is ended.</param>
    /// <exception cref="IOException">It did not come up.</exception>
    public static async Task<ServiceProcess> StartAsync(ServerKind server, string runId, TimeProvider time, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        var start = ThisProgram("serve", server.ToString(), "--port", "0");
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment[RunProcesses.RunVariable] = runId;
        var options = new SupervisionOptions { Name = "deploy-service", KeepDescendants = true, StopGracePeriod = TimeSpan.FromMilliseconds(500) };
        var process = await SupervisedProcess.StartAsync(start, options, stop).ConfigureAwait(false);
        try
        {
            var address = await ReadAddressAsync(process, time, stop).ConfigureAwait(false);
            return new ServiceProcess(process, address, time.GetElapsedTime(begin), time);
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the service says that it has done.</summary>
    /// <exception cref="IOException">It does not say.</exception>
    public async Task<DeploymentCounts> ReadCountsAsync(CancellationToken stop)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = AnswerLimit };
        try
        {
            return await http.GetFromJsonAsync<DeploymentCounts>("/deployments", stop).ConfigureAwait(false) ?? throw new IOException("the service does not say what it has done");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            throw new IOException($"the service does not say what it has done: {e.Message}", e);
        }
    }

    /// <summary>Sends SIGTERM to the service alone, as a service manager does that is set to end the main process, and waits for its end.</summary>
    /// <returns>How long it took; null: it was still there after 30 s, and was killed.</returns>
    public async Task<TimeSpan?> TerminateAsync(CancellationToken stop)
    {
        var begin = _time.GetTimestamp();
        var id = _process.Id.ToString(CultureInfo.InvariantCulture);
        await SupervisedProcess.RunAsync(new ProcessStartInfo(DeployScript.Shell, ["-c", "kill -TERM \"$1\"", "kill", id]), cancellationToken: stop).ConfigureAwait(false);
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(StopLimit, _time, stop).ConfigureAwait(false);
            return _time.GetElapsedTime(begin);
        }
        catch (TimeoutException)
        {
            await KillAsync(stop).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>Sends SIGKILL to the service alone, as the kernel does when memory is short, and waits for its end.</summary>
    public async Task KillAsync(CancellationToken stop)
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(StopLimit, _time, stop).ConfigureAwait(false);
    }

    /// <summary>Ends the service and all that it has left behind.</summary>
    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        await _process.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<Uri> ReadAddressAsync(SupervisedProcess process, TimeProvider time, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(StartLimit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(over.Token).ConfigureAwait(false) is { } line)
            {
                if (line.StartsWith(DeploymentHost.ReadyLine, StringComparison.Ordinal))
                {
                    return new Uri(line[DeploymentHost.ReadyLine.Length..]);
                }
            }

            var error = await process.StandardError.ReadToEndAsync(over.Token).ConfigureAwait(false);
            throw new IOException($"the service ended before it took requests: {error.Trim()}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"the service took no requests within {StartLimit.TotalSeconds} s");
        }
    }

    private static ProcessStartInfo ThisProgram(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? new ProcessStartInfo(program, [typeof(ServiceProcess).Assembly.Location, .. arguments])
            : new ProcessStartInfo(program, arguments);
    }
}
