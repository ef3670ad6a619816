using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using DeployService.Measuring;
using DeployService.Serving;

namespace DeployService.Tests;

/// <summary>The hardened service on a port of its own, and a client of it.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly HttpClient _http;

    private Service(Sample process, RunProcesses processes, Uri address)
    {
        (Process, Processes) = (process, processes);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Sample Process { get; }

    /// <summary>All that it has started, and itself.</summary>
    public RunProcesses Processes { get; }

    public static async Task<Service> StartAsync(CancellationToken timeout, params string[] options)
    {
        var processes = new RunProcesses();
        var process = await Sample.StartAsync(Path.GetTempPath(), (RunProcesses.RunVariable, processes.RunId), timeout, ["serve", "hardened", "--port", "0", .. options]);
        try
        {
            var line = await process.ReadToAsync(DeploymentHost.ReadyLine, timeout);
            return new Service(process, processes, new Uri(line[DeploymentHost.ReadyLine.Length..]));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task<HttpResponseMessage> DeployAsync(int release, CancellationToken cancellation) =>
        _http.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/deployments?release={release}"), UriKind.Relative), content: null, cancellation);

    public async Task<string> GetAsync(string path, CancellationToken timeout) => await _http.GetStringAsync(new Uri(path, UriKind.Relative), timeout);

    public async Task<DeploymentCounts> ReadCountsAsync(CancellationToken timeout) => (await _http.GetFromJsonAsync<DeploymentCounts>("/deployments", timeout))!;

    /// <summary>Asks for releases that never answer, and returns the requests when their deployments hang.</summary>
    public async Task<List<Task<HttpResponseMessage>>> HangAsync(CancellationToken cancellation, params int[] releases)
    {
        var requests = releases.Select(release => DeployAsync(release, cancellation)).ToList();
        await Eventually.HoldsAsync(() => Waits().Count == releases.Length, "all of them wait for an answer", cancellation);
        return requests;
    }

    /// <summary>The last steps of those that hang.</summary>
    public IReadOnlyList<int> Waits() => [.. Processes.OfDeployments().Where(IsLongSleep)];

    /// <summary>Whether it still listens.</summary>
    public bool TakesConnections()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(_http.BaseAddress!.Host, _http.BaseAddress.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Process.DisposeAsync();
    }

    // The short sleeps before it end.
    private static bool IsLongSleep(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline") == "sleep\0600\0";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
