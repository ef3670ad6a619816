using System.Text;

namespace Hardening.Processes;

/// <summary>Hands the lines of an output to a handler, one after the other, then null. A line ends with \n, \r or \r\n; one that is too long for the buffer comes in pieces.</summary>
internal sealed class LineFeed(CapturedOutput output, Encoding encoding, int longestLine, Action<string?> handler)
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new(); // of one chunk
    private readonly StringBuilder _line = new();
    private bool _skipsLineFeed;
    private Task? _run;
    private TaskCompletionSource? _goOn; // while paused

    /// <summary>Whether lines are handed over now.</summary>
    public bool IsOn
    {
        get
        {
            lock (_gate)
            {
                return _run is not null && _goOn is null;
            }
        }
    }

    /// <summary>The null was handed over. Null before the first <see cref="Begin"/>.</summary>
    public Task? Completed
    {
        get
        {
            lock (_gate)
            {
                return _run;
            }
        }
    }

    /// <summary>Begins, or goes on after a pause.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _goOn?.TrySetResult();
            _goOn = null;
            _run ??= Task.Run(RunAsync, CancellationToken.None);
        }
    }

    /// <summary>Hands over nothing more until <see cref="Begin"/>; a line that is being handed over is not waited for.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _goOn ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        output.NoteNoReader();
    }

    private async Task RunAsync()
    {
        var decoder = encoding.GetDecoder();
        var bytes = new byte[4096];
        var chars = new char[encoding.GetMaxCharCount(bytes.Length)];
        int read;
        do
        {
            read = await output.ReadAsync(bytes, CancellationToken.None).ConfigureAwait(false);
            Split(chars.AsSpan(0, decoder.GetChars(bytes, 0, read, chars, 0, flush: read == 0)));
            if (read == 0 && _line.Length > 0)
            {
                EndLine();
            }

            while (_lines.TryDequeue(out var line))
            {
                await PausedAsync().ConfigureAwait(false);
                handler(line);
                output.NoteReader();
            }
        }
        while (read > 0);

        await PausedAsync().ConfigureAwait(false);
        handler(null);
    }

    private void Split(ReadOnlySpan<char> chars)
    {
        while (!chars.IsEmpty)
        {
            if (_skipsLineFeed && chars[0] == '\n')
            {
                chars = chars[1..];
                _skipsLineFeed = false;
                continue;
            }

            _skipsLineFeed = false;
            var end = chars.IndexOfAny('\r', '\n');
            var length = Math.Min(end < 0 ? chars.Length : end, longestLine - _line.Length);
            if (length == 0 && end != 0) // full, and more comes
            {
                EndLine();
                continue;
            }

            _line.Append(chars[..length]);
            if (length == end)
            {
                _skipsLineFeed = chars[end] == '\r';
                EndLine();
                length++;
            }

            chars = chars[length..];
        }
    }

    private void EndLine()
    {
        _lines.Enqueue(_line.ToString());
        _line.Clear();
    }

    private Task PausedAsync()
    {
        lock (_gate)
        {
            return _goOn?.Task ?? Task.CompletedTask;
        }
    }
}
