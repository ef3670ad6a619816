using System.Collections.Concurrent;
using System.Globalization;

namespace Erp.Import;

public sealed record ImportLine(string File, int Number, string Text);

public sealed record ImportedOrder(string Customer, string Article, int Quantity);

public interface IOrderWriter
{
    void Write(IReadOnlyList<ImportedOrder> orders);
}

/// <summary>One thread reads, two parse, one writes; each hand-over holds so many items and no more.</summary>
public sealed class OrderImportJob(IOrderWriter writer)
{
    private const int Parsers = 2;

    private readonly BlockingCollection<ImportLine> _lines = new(boundedCapacity: 500);
    private readonly BlockingCollection<ImportedOrder> _orders = new(new ConcurrentQueue<ImportedOrder>(), 200);
    private readonly ConcurrentQueue<string> _problems = new();

    public IReadOnlyCollection<string> Problems => _problems;

    public int Run(IReadOnlyCollection<string> files, CancellationToken token)
    {
        var written = 0;
        var reader = Start("reader", () => Read(files, token));
        var parsers = new Thread[Parsers];
        for (var i = 0; i < parsers.Length; i++)
        {
            parsers[i] = Start($"parser {i}", () => Parse(token));
        }

        var last = Start("writer", () => written = Write(token));
        reader.Join();
        Array.ForEach(parsers, static parser => parser.Join());
        _orders.CompleteAdding();
        last.Join();
        token.ThrowIfCancellationRequested();
        return written;
    }

    private void Read(IReadOnlyCollection<string> files, CancellationToken token) => Guard(() =>
    {
        try
        {
            foreach (var file in files)
            {
                var number = 0;
                foreach (var text in File.ReadLines(file))
                {
                    _lines.Add(new ImportLine(file, ++number, text), token);
                }
            }
        }
        finally
        {
            _lines.CompleteAdding();
        }
    });

    private void Parse(CancellationToken token) => Guard(() =>
    {
        foreach (var line in _lines.GetConsumingEnumerable(token))
        {
            var cells = line.Text.Split('|');
            if (cells.Length == 3 && int.TryParse(cells[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out var quantity))
            {
                _orders.Add(new ImportedOrder(cells[0], cells[1], quantity), token);
            }
            else
            {
                _problems.Enqueue($"{line.File}({line.Number}): {line.Text}");
            }
        }
    });

    private int Write(CancellationToken token)
    {
        var written = 0;
        Guard(() =>
        {
            var batch = new List<ImportedOrder>(50);
            foreach (var order in _orders.GetConsumingEnumerable(token))
            {
                batch.Add(order);
                if (batch.Count == batch.Capacity)
                {
                    writer.Write(batch);
                    written += batch.Count;
                    batch.Clear();
                }
            }

            writer.Write(batch);
            written += batch.Count;
        });
        return written;
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException)
        {
            _problems.Enqueue("cancelled");
        }
        catch (IOException failure)
        {
            _problems.Enqueue(failure.Message);
        }
    }

    private static Thread Start(string name, ThreadStart work)
    {
        var thread = new Thread(work) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Threading;
