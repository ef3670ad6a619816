using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Science.Jobs;

public sealed record MatrixJob(Guid Id, string Input, int Size);

public sealed class JobBoard
{
    private readonly BlockingCollection<MatrixJob> _jobs = new(new ConcurrentStack<MatrixJob>()); // HRD2004
    private readonly Channel<Guid> _finished = Channel.CreateUnbounded<Guid>(); // HRD2004
    private readonly ConcurrentDictionary<Guid, double> _traces = new();

    public void Add(MatrixJob job) => _jobs.Add(job);

    public IEnumerable<MatrixJob> Take(CancellationToken token) => _jobs.GetConsumingEnumerable(token);

    public void Finish(MatrixJob job, double trace)
    {
        _traces[job.Id] = trace;
        _finished.Writer.TryWrite(job.Id);
    }

    public IAsyncEnumerable<Guid> Finished(CancellationToken token) => _finished.Reader.ReadAllAsync(token);

    public double? TraceOf(Guid job) => _traces.TryGetValue(job, out var trace) ? trace : null;
}

public sealed class MatrixWorker(JobBoard board, IHttpClientFactory clients) : IHostedService
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _workers = [];
    private readonly object _sums = new();
    private double _all;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ThreadPool.SetMaxThreads(Environment.ProcessorCount, Environment.ProcessorCount);
        _workers.Add(Task.Factory.StartNew(WorkAsync, TaskCreationOptions.LongRunning).Unwrap()); // HRD2010
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        Task.WaitAll(_workers.ToArray(), cancellationToken); // HRD2007
    }

    private async Task WorkAsync()
    {
        foreach (var job in board.Take(_stop.Token))
        {
            var rows = await LoadAsync(job);
            var trace = 0.0;
            rows.AsParallel().ForAll(row =>
            {
                lock (_sums) // HRD1006
                {
                    trace += row[0];
                    _all += row.Sum();
                }
            });
            board.Finish(job, trace);
        }
    }

    private async Task<double[][]> LoadAsync(MatrixJob job)
    {
        using var http = clients.CreateClient();
        var parts = await Task.WhenAll(Enumerable.Range(0, job.Size).Select(row => http.GetStringAsync($"{job.Input}/{row}"))); // HRD2003
        await Task.Run(() => Cache(job, parts));
        return Array.ConvertAll(parts, part => Array.ConvertAll(part.Split(' '), double.Parse));
    }

    private static void Cache(MatrixJob job, string[] parts)
    {
        Parallel.For(0, parts.Length, i => Save(job, i, parts[i])); // HRD2005
    }

    private static void Save(MatrixJob job, int row, string part)
    {
        Directory.CreateDirectory(job.Id.ToString("N"));
        File.WriteAllText(Path.Combine(job.Id.ToString("N"), row + ".txt"), part);
    }
}
