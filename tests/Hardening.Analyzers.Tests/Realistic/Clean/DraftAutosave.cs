using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Editor.Drafts;

public sealed record Draft(string Id, string Text, int Revision);

/// <summary>Saves a draft when nothing was typed for a while. The timer is armed again only when it has run.</summary>
public sealed class DraftAutosave : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Draft> _dirty = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly Timer _timer;
    private readonly ITimer _cleanup;
    private int _saved;
    private bool _closed;

    public DraftAutosave(string folder, TimeProvider time)
    {
        _folder = folder;
        _timer = new Timer(static state => ((DraftAutosave)state!).SaveDirty(), this, Timeout.Infinite, Timeout.Infinite);
        _cleanup = time.CreateTimer(static state => ((DraftAutosave)state!).CleanUp(), this, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
    }

    public int Saved => Volatile.Read(ref _saved);

    public void Changed(Draft draft)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new ObjectDisposedException(nameof(DraftAutosave));
            }

            _dirty[draft.Id] = draft;
            _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
        }

        await _timer.DisposeAsync();
        await _cleanup.DisposeAsync();
        foreach (var draft in TakeDirty())
        {
            await File.WriteAllTextAsync(PathOf(draft), JsonSerializer.Serialize(draft));
        }
    }

    private void SaveDirty()
    {
        foreach (var draft in TakeDirty())
        {
            try
            {
                File.WriteAllText(PathOf(draft), JsonSerializer.Serialize(draft));
                Interlocked.Increment(ref _saved);
            }
            catch (IOException)
            {
                Retry(draft);
            }
        }
    }

    private void Retry(Draft draft)
    {
        lock (_gate)
        {
            if (!_closed && _dirty.TryAdd(draft.Id, draft))
            {
                _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private Draft[] TakeDirty()
    {
        lock (_gate)
        {
            var dirty = new Draft[_dirty.Count];
            _dirty.Values.CopyTo(dirty, 0);
            _dirty.Clear();
            return dirty;
        }
    }

    private void CleanUp()
    {
        foreach (var file in Directory.EnumerateFiles(_folder, "*.draft"))
        {
            if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow.AddDays(-30))
            {
                File.Delete(file);
            }
        }

        _cleanup.Change(TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
    }

    private string PathOf(Draft draft) => Path.Combine(_folder, draft.Id + ".draft");
}
