using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Diagnostics.Files;

/// <summary>Callers only put their line into a buffer; one thread swaps the buffers and writes.</summary>
public sealed class RollingLogWriter : IDisposable
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;
    private readonly string _folder;
    private readonly int _most;
    private StringBuilder _filling = new();
    private StringBuilder _writing = new();
    private long _dropped;
    private bool _disposed;

    public RollingLogWriter(string folder, int mostCharacters)
    {
        _folder = folder;
        _most = mostCharacters;
        Directory.CreateDirectory(folder);
        _thread = new Thread(Run) { Name = "log writer", IsBackground = true, Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    public long Dropped => Interlocked.Read(ref _dropped);

    [Conditional("DEBUG")]
    public void Trace(string text) => Write("trace", text);

    public void Write(string level, string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:O} {level} {text}\n");
        lock (_gate)
        {
            if (_filling.Length + line.Length > _most)
            {
                _dropped++;
                return;
            }

            _filling.Append(line);
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _stopping.Set();
        if (_thread.Join(TimeSpan.FromSeconds(5)))
        {
            _stopping.Dispose();
        }
    }

    private void Run()
    {
        while (!_stopping.Wait(FlushEvery))
        {
            Flush();
        }

        Flush();
    }

    private void Flush()
    {
        lock (_gate)
        {
            if (_filling.Length == 0)
            {
                return;
            }

            (_filling, _writing) = (_writing, _filling);
        }

        try
        {
            var path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}.log"));
            File.AppendAllText(path, _writing.ToString());
        }
        catch (IOException)
        {
            Interlocked.Increment(ref _dropped);
        }
        finally
        {
            _writing.Clear();
        }
    }
}

// === Usings.cs ===
global using System;
global using System.IO;
global using System.Threading;
