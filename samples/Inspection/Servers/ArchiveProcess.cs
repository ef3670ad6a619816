using System.ComponentModel;
using System.Diagnostics;
using Hardening.Processes;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>
/// The worker process of the archive: started for the first frame, kept from frame to frame, and started again for the next one after it has ended or hung. It ends
/// with the application, whatever becomes of that. One thread at a time, but for <see cref="Kill"/>.
/// </summary>
internal sealed class ArchiveProcess : IDisposable
{
    private static readonly TimeSpan FrameLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5); // which a busy machine needs

    private readonly string _runId;
    private readonly ITimer _limit;
    private readonly byte[] _answer = new byte[64];
    private volatile SupervisedProcess? _process;
    private int _frameBytes;

    public ArchiveProcess(string runId, TimeProvider time)
    {
        _runId = runId;
        _limit = time.CreateTimer(_ => Kill(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has a frame packed; takes some seconds at most.</summary>
    /// <returns>Whether it was: not where the process cannot be started, ends or hangs.</returns>
    public bool TryArchive(ReadOnlySpan<byte> pixels)
    {
        try
        {
            var process = ProcessFor(pixels.Length);
            _limit.Change(FrameLimit, Timeout.InfiniteTimeSpan); // its end wakes whoever waits for it
            process.StandardInput.BaseStream.Write(pixels);
            process.StandardInput.BaseStream.Flush();
            if (process.StandardOutput.BaseStream.Read(_answer) > 0)
            {
                return true;
            }
        }
        catch (Exception e) when (e is IOException or Win32Exception or PlatformNotSupportedException)
        {
            // it could not be started, or has ended
        }
        finally
        {
            _limit.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        End();
        return false;
    }

    /// <summary>Ends it at once, from any thread.</summary>
    public void Kill() => _process?.Kill();

    public void Dispose()
    {
        _limit.Dispose();
        End();
    }

    private SupervisedProcess ProcessFor(int frameBytes)
    {
        if (_process is { } running && _frameBytes == frameBytes)
        {
            return running;
        }

        End();
        var start = new ProcessStartInfo(ArchiveWorker.Shell)
        {
            ArgumentList = { ArchiveWorker.Script, $"{frameBytes}" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { [ArchiveWorker.RunVariable] = _runId },
        };
        _frameBytes = frameBytes;
        return _process = SupervisedProcess.Start(start, new SupervisionOptions { Name = "archive", StopGracePeriod = EndLimit });
    }

    // The end of its input tells it to end.
    private void End()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        process.StandardInput.BaseStream.Dispose();
        if (!process.WaitForExit(EndLimit))
        {
            process.Kill();
            process.WaitForExit(KillLimit);
        }

        process.Dispose();
    }
}
