using System.Diagnostics;

namespace Hardening.Processes;

/// <content>
/// The standard streams. A redirected output is always read, into a buffer of <see cref="SupervisionOptions.CaptureBytes"/>. While somebody reads, a full buffer holds the
/// process back and nothing is lost; while nobody does, the oldest bytes are dropped and counted, and the process never blocks.
/// </content>
public sealed partial class SupervisedProcess
{
    /// <summary>A line of output, or null at its end. On a pool thread, one line after the other; an exception is logged and costs that line. See <see cref="BeginOutputReadLine"/>.</summary>
    public event DataReceivedEventHandler? OutputDataReceived { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>As <see cref="OutputDataReceived"/>, of the standard error.</summary>
    public event DataReceivedEventHandler? ErrorDataReceived { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>The process' standard input, which writes through at once. A write to a process that does not read waits until it does, or fails when it ends.</summary>
    /// <exception cref="InvalidOperationException">It is not redirected.</exception>
    public StreamWriter StandardInput => throw new NotImplementedException();

    /// <summary>The process' output: what is kept of it so far, and what follows.</summary>
    /// <exception cref="InvalidOperationException">It is not redirected, or read by <see cref="BeginOutputReadLine"/>.</exception>
    public StreamReader StandardOutput => throw new NotImplementedException();

    /// <summary>The process' standard error: what is kept of it so far, and what follows.</summary>
    /// <exception cref="InvalidOperationException">It is not redirected, or read by <see cref="BeginErrorReadLine"/>.</exception>
    public StreamReader StandardError => throw new NotImplementedException();

    /// <summary>How much of the output was dropped because nobody read it.</summary>
    public long OutputCutBytes => throw new NotImplementedException();

    /// <summary>How much of the standard error was dropped because nobody read it.</summary>
    public long ErrorCutBytes => throw new NotImplementedException();

    /// <summary>Begins to raise <see cref="OutputDataReceived"/>, from what is kept so far on, or goes on after <see cref="CancelOutputRead"/>.</summary>
    /// <exception cref="InvalidOperationException">The output is not redirected, is read by <see cref="StandardOutput"/>, or this was called before.</exception>
    public void BeginOutputReadLine() => throw new NotImplementedException();

    /// <summary>As <see cref="BeginOutputReadLine"/>, of the standard error.</summary>
    public void BeginErrorReadLine() => throw new NotImplementedException();

    /// <summary>Stops raising <see cref="OutputDataReceived"/>. What follows is kept as if nobody read.</summary>
    /// <exception cref="InvalidOperationException"><see cref="BeginOutputReadLine"/> was not called.</exception>
    public void CancelOutputRead() => throw new NotImplementedException();

    /// <summary>As <see cref="CancelOutputRead"/>, of the standard error.</summary>
    public void CancelErrorRead() => throw new NotImplementedException();
}
