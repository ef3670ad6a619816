using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes;

/// <content>
/// The standard streams. A redirected output is always read, into a buffer of <see cref="SupervisionOptions.CaptureBytes"/>. While somebody reads, a full buffer holds the
/// process back and nothing is lost; where nobody does, for <see cref="SupervisionOptions.ReaderTimeout"/>, the oldest bytes are dropped and counted, and the process goes on.
/// </content>
public sealed partial class SupervisedProcess
{
    private readonly StreamWriter? _input;
    private readonly RedirectedOutput? _output;
    private readonly RedirectedOutput? _error;
    private int _cutLogged; // a bit for each stream

    /// <summary>A line of output, or null at its end. On a pool thread, one line after the other; an exception is logged and costs that line. See <see cref="BeginOutputReadLine"/>.</summary>
    public event DataReceivedEventHandler? OutputDataReceived;

    /// <summary>As <see cref="OutputDataReceived"/>, of the standard error.</summary>
    public event DataReceivedEventHandler? ErrorDataReceived;

    /// <summary>The process' standard input, which writes through at once. A write to a process that does not read waits until it does, or fails when it ends.</summary>
    /// <exception cref="InvalidOperationException">It is not redirected.</exception>
    public StreamWriter StandardInput => _input ?? throw NotRedirected(nameof(StandardInput));

    /// <summary>The process' output: what is kept of it so far, and what follows.</summary>
    /// <exception cref="InvalidOperationException">It is not redirected, or read by <see cref="BeginOutputReadLine"/>.</exception>
    public StreamReader StandardOutput => Output().Reader;

    /// <summary>The process' standard error: what is kept of it so far, and what follows.</summary>
    /// <exception cref="InvalidOperationException">It is not redirected, or read by <see cref="BeginErrorReadLine"/>.</exception>
    public StreamReader StandardError => Error().Reader;

    /// <summary>How much of the output was dropped because nobody read it.</summary>
    public long OutputCutBytes => _output?.CutBytes ?? 0;

    /// <summary>How much of the standard error was dropped because nobody read it.</summary>
    public long ErrorCutBytes => _error?.CutBytes ?? 0;

    /// <summary>Begins to raise <see cref="OutputDataReceived"/>, from what is kept so far on, or goes on after <see cref="CancelOutputRead"/>.</summary>
    /// <exception cref="InvalidOperationException">The output is not redirected, is read by <see cref="StandardOutput"/>, or this was called before.</exception>
    public void BeginOutputReadLine() => Output().BeginLines();

    /// <summary>As <see cref="BeginOutputReadLine"/>, of the standard error.</summary>
    public void BeginErrorReadLine() => Error().BeginLines();

    /// <summary>Stops raising <see cref="OutputDataReceived"/>. What follows is kept as if nobody read.</summary>
    /// <exception cref="InvalidOperationException"><see cref="BeginOutputReadLine"/> was not called.</exception>
    public void CancelOutputRead() => Output().PauseLines();

    /// <summary>As <see cref="CancelOutputRead"/>, of the standard error.</summary>
    public void CancelErrorRead() => Error().PauseLines();

    private static StreamWriter OpenInput(SafePipeHandle pipe, Encoding? encoding) =>
        new(new AnonymousPipeClientStream(PipeDirection.Out, pipe), encoding ?? Encoding.Default, bufferSize: 4096) { AutoFlush = true };

    private RedirectedOutput Redirect(string stream, SafePipeHandle pipe, Encoding? encoding, Action<string?> handleLine) =>
        new(stream, pipe, encoding, _options, _tree.Ended, handleLine, NoteCut);

    private RedirectedOutput Output() => _output ?? throw NotRedirected(nameof(StandardOutput));

    private RedirectedOutput Error() => _error ?? throw NotRedirected(nameof(StandardError));

    private InvalidOperationException NotRedirected(string stream) => new($"{stream} of '{Name}' is not redirected: set Redirect{stream} in the start information.");

    private void NoteCut(string stream, long bytes)
    {
        _options.Metrics.Cut(Name, stream, bytes);
        if (Interlocked.Or(ref _cutLogged, stream == "output" ? 1 : 2) is var before && (before & (stream == "output" ? 1 : 2)) == 0)
        {
            _logger.OutputCut(Name, Id, stream, _options.CaptureBytes);
        }
    }

    // Its constructor is not public, though handlers of this type are what code that moves here has.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern DataReceivedEventArgs Line(string? data);

    private void RaiseLine(DataReceivedEventHandler? handlers, string name, string? line)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(this, Line(line));
            }
            catch (Exception e)
            {
                _logger.ChildHandlerFailed(e, name, Name, Id);
            }
        }
    }

    // The pipe itself, not the writer: what a writer without AutoFlush still holds would wait for a process that does not read.
    private void CloseInput() => _input?.BaseStream.Dispose();

}
