using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes;

/// <summary>One redirected output of a process, and the one way in which it is read: by a reader, or line by line with an event.</summary>
internal sealed class RedirectedOutput
{
    private readonly Lock _gate = new();
    private readonly string _stream;
    private readonly Encoding _encoding;
    private readonly SupervisionOptions _options;
    private readonly CapturedOutput _captured;
    private readonly OutputPump _pump;
    private readonly Action<string?> _handleLine;
    private readonly Action<long> _cut;
    private long _cutUntold;
    private StreamReader? _reader;
    private LineFeed? _lines;

    public RedirectedOutput(
        string stream, SafePipeHandle pipe, Encoding? encoding, SupervisionOptions options, Task treeEnded, Action<string?> handleLine, Action<string, long> cut)
    {
        (_stream, _encoding, _options, _handleLine) = (stream, encoding ?? Encoding.Default, options, handleLine);
        _captured = new CapturedOutput(options.CaptureBytes, options.ReaderTimeout, options.Time, NoteCut);
        _cut = bytes => cut(stream, bytes);
        _pump = new OutputPump(pipe, _captured, options.Time);
        _pump.Start(treeEnded);
    }

    public long CutBytes => _captured.CutBytes;

    /// <summary>The process has written all that it will.</summary>
    public Task Ended => _pump.Ended;

    /// <summary>It is read line by line.</summary>
    public bool HasLines
    {
        get
        {
            lock (_gate)
            {
                return _lines is not null;
            }
        }
    }

    public StreamReader Reader
    {
        get
        {
            lock (_gate)
            {
                _captured.NoteReader();
                return _lines is null
                    ? _reader ??= new StreamReader(new CapturedStream(_captured), _encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 4096)
                    : throw new InvalidOperationException($"The standard {_stream} is read line by line, by its event; it cannot have a reader too. Use one of them.");
            }
        }
    }

    public void BeginLines()
    {
        lock (_gate)
        {
            if (_reader is not null)
            {
                throw new InvalidOperationException($"The standard {_stream} has a reader; it cannot be read line by line, by its event, too. Use one of them.");
            }

            if (_lines is { IsOn: true })
            {
                throw new InvalidOperationException($"The standard {_stream} is read line by line already.");
            }

            _captured.NoteReader();
            _lines ??= new LineFeed(_captured, _encoding, _options.CaptureBytes, _handleLine);
            _lines.Begin();
        }
    }

    public void PauseLines()
    {
        lock (_gate)
        {
            (_lines ?? throw new InvalidOperationException($"The standard {_stream} is not read line by line, so there is nothing to cancel.")).Pause();
        }
    }

    /// <summary>From now on, who does not read yet never will.</summary>
    public void NoteNoMoreReaders()
    {
        lock (_gate)
        {
            if (_reader is null && _lines is null)
            {
                _captured.NoteNoReader();
            }
        }
    }

    /// <summary>All lines were handed over, or nobody takes them: they are paused, or a handler takes longer than readers may.</summary>
    public async Task DrainLinesAsync()
    {
        LineFeed? lines;
        lock (_gate)
        {
            lines = _lines;
        }

        var reads = -1L;
        while (lines is { IsOn: true, Completed: { IsCompleted: false } completed } && reads != _captured.Reads)
        {
            reads = _captured.Reads;
            using var limit = new CancellationTokenSource();
            await Task.WhenAny(completed, Task.Delay(_options.ReaderTimeout, _options.Time, limit.Token)).ConfigureAwait(false);
            await limit.CancelAsync().ConfigureAwait(false);
        }
    }

    // The thread of the pipes calls no logger and no listener of metrics: they are others' code.
    private void NoteCut(int bytes)
    {
        if (Interlocked.Add(ref _cutUntold, bytes) == bytes)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static output => output._cut(Interlocked.Exchange(ref output._cutUntold, 0)), this, preferLocal: false);
        }
    }

    /// <summary>All that nobody has read, as text.</summary>
    public string TakeText()
    {
        using var text = new StreamReader(new MemoryStream(_captured.TakeAll()), _encoding, detectEncodingFromByteOrderMarks: true);
        return text.ReadToEnd();
    }
}
