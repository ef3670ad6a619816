using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Reporting;

public interface IReportClient
{
    Task Progress(Guid report, int percent);

    Task Ready(Guid report, string url);

    Task Failed(Guid report, string reason);
}

/// <summary>Browsers ask here for reports and are told about their progress.</summary>
public sealed class ReportHub(ReportFactory factory, ILogger<ReportHub> logger) : Hub<IReportClient>
{
    public Guid Request(string template, int year)
    {
        var id = Guid.NewGuid();
        var caller = Clients.Caller;
        logger.LogInformation("Report {Report} for {Year} was asked for.", id, year);
        Launch(id, template, year, caller);
        return id;
    }

    public Task<string?> Status(Guid report) => Task.FromResult(factory.UrlOf(report));

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        Forget();
        return base.OnDisconnectedAsync(exception);
    }

    private void Launch(Guid id, string template, int year, IReportClient caller)
    {
        Task.Run(async () => // HRD2002
        {
            var progress = new Progress<int>(percent => _ = caller.Progress(id, percent));
            var url = await factory.BuildAsync(id, template, year, progress);
            await caller.Ready(id, url);
        });
    }

    private async void Forget() // HRD2009
    {
        await Task.Delay(TimeSpan.FromMinutes(5));
        factory.Forget(Context.ConnectionId);
    }
}

public sealed class ReportFactory
{
    private readonly ConcurrentDictionary<Guid, string> _urls = new();
    private readonly ConcurrentDictionary<string, Guid> _byConnection = new();

    public string? UrlOf(Guid report) => _urls.GetValueOrDefault(report);

    public void Forget(string connection)
    {
        if (_byConnection.TryRemove(connection, out var report))
        {
            _urls.TryRemove(report, out _);
        }
    }

    public async Task<string> BuildAsync(Guid id, string template, int year, IProgress<int> progress)
    {
        var text = new StringBuilder();
        for (var month = 1; month <= 12; month++)
        {
            text.Append(template).Append(' ').Append(year).Append('-').Append(month).AppendLine();
            progress.Report(month * 100 / 12);
            await Task.Delay(20);
        }

        var url = $"/reports/{id}?length={text.Length}";
        _urls[id] = url;
        return url;
    }

    public void ReleaseAll(IEnumerable<Guid> reports, Action<Exception> failed)
    {
        var list = new List<Guid>(reports);
        list.ForEach(async report => // HRD2009
        {
            await Task.Delay(50);
            _urls.TryRemove(report, out _);
        });
    }
}
