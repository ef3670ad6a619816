using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using System.Timers;
using Timer = System.Timers.Timer;

namespace Hotel.Audit;

public sealed record Folio(int Room, decimal Balance, IReadOnlyList<string> Items);

public interface IFolioSource
{
    IReadOnlyList<Folio> Load(int floor);
}

public sealed class NightAudit
{
    private readonly IFolioSource _source;
    private readonly Timer _timer = new(TimeSpan.FromMinutes(10)) { AutoReset = true }; // HRD2011
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _printer = new(1, 1);
    private readonly Dictionary<int, byte[]> _digests = [];
    private readonly List<Folio> _open = [];

    public NightAudit(IFolioSource source)
    {
        _source = source;
        _timer.Elapsed += OnElapsed;
        _timer.Start();
    }

    public IReadOnlyList<Folio> Largest(int count)
    {
        using (_gate.EnterScope())
        {
            var sorted = _open.OrderByDescending(folio => folio.Balance).ToList(); // HRD1004
            return sorted.GetRange(0, Math.Min(count, sorted.Count));
        }
    }

    public async Task<bool> PrintAsync(Folio folio, string path, CancellationToken token)
    {
        try
        {
            if (!await _printer.WaitAsync(TimeSpan.FromSeconds(2), token)) // HRD1011
            {
                return false;
            }

            await File.WriteAllLinesAsync(path, folio.Items, token);
            return true;
        }
        finally
        {
            _printer.Release();
        }
    }

    public void Stop()
    {
        _timer.Stop();
        _timer.Dispose();
    }

    private void OnElapsed(object? sender, ElapsedEventArgs e)
    {
        foreach (var floor in Enumerable.Range(1, 6))
        {
            AuditFloor(floor);
        }

        new Thread(Archive).Start(); // HRD2001
    }

    private void AuditFloor(int floor)
    {
        var folios = _source.Load(floor);
        lock (_gate)
        {
            foreach (var folio in folios)
            {
                Note(folio); // HRD1004
            }
        }

        Parallel.ForEach(folios, folio =>
        {
            lock (_gate) // HRD1006
            {
                if (folio.Balance > 0)
                {
                    _open.Add(folio);
                }
            }
        });
    }

    private void Note(Folio folio) => _digests[folio.Room] = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Concat(folio.Items)));

    private void Archive()
    {
        Folio[] open;
        lock (_gate)
        {
            open = [.. _open];
            _open.Clear();
        }

        open.AsParallel().ForAll(folio => File.AppendAllLines($"{folio.Room}.txt", folio.Items)); // HRD2005
    }
}
