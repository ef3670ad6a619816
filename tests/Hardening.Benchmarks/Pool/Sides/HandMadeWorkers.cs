using Hardening.Processes;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>A worker behind standard input and output: what .NET gives.</summary>
internal sealed class StdioHandMadeWorker : IHandMadeWorker
{
    private readonly SupervisedProcess _process;
    private readonly byte[][] _frames;
    private readonly byte[] _message = new byte[StdioWorker.HeaderBytes + Payloads.EchoBytes];

    public StdioHandMadeWorker(byte[][] frames)
    {
        _frames = frames;
        var start = PoolSide.Program(PoolSide.PeerVerb, "pipe", "-", "0");
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        _process = SupervisedProcess.Start(start, new SupervisionOptions { StopGracePeriod = TimeSpan.Zero });
    }

    public void Run(HandMadeJob job)
    {
        var input = _process.StandardInput.BaseStream;
        if (job.Frame >= 0)
        {
            Span<byte> header = stackalloc byte[StdioWorker.HeaderBytes];
            StdioWorker.Write(header, []);
            BitConverter.TryWriteBytes(header, (long)Payloads.FrameBytes);
            input.Write(header);
            input.Write(_frames[job.Frame]);
        }
        else
        {
            StdioWorker.Write(_message, job.Request);
            input.Write(_message);
        }

        input.Flush();
        var length = StdioWorker.Read(_process.StandardOutput.BaseStream, _message);
        _message.AsSpan(StdioWorker.HeaderBytes, Math.Max(0, length)).CopyTo(job.Answer);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

/// <summary>A worker behind shared memory and a futex, which frames are copied into: the fastest that a hundred lines give.</summary>
internal sealed class SlotHandMadeWorker : IHandMadeWorker
{
    private readonly SharedSlot _slot;
    private readonly byte[][] _frames;
    private readonly SupervisedProcess _process;

    public SlotHandMadeWorker(byte[][] frames)
    {
        _frames = frames;
        _slot = SharedSlot.Create(frames.Length > 0 ? 1 : 0);
        var start = PoolSide.Program(PoolSide.PeerVerb, frames.Length > 0 ? "frame" : "slot", _slot.Path, "0");
        _process = SupervisedProcess.Start(start, new SupervisionOptions { StopGracePeriod = TimeSpan.Zero });
    }

    public void Run(HandMadeJob job)
    {
        if (job.Frame >= 0)
        {
            _slot.Request[..8].Clear(); // the first slot
            _frames[job.Frame].CopyTo(_slot.Frame(0));
        }
        else
        {
            job.Request.CopyTo(_slot.Request);
        }

        _slot.Exchange(spins: 0);
        _slot.Answer[..Payloads.EchoBytes].CopyTo(job.Answer);
    }

    public async ValueTask DisposeAsync()
    {
        _slot.End();
        await _process.DisposeAsync();
        _slot.Dispose();
    }
}
