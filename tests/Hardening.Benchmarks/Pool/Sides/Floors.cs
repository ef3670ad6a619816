using Hardening.Processes;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>The transports alone, between this process and one more, without a pool; and what the memory takes.</summary>
internal static class Floors
{
    private const int NoSpin = 0;
    private const int LongSpin = 4000; // iterations: longer than any answer takes that comes from another core

    public static async Task<PoolMeasurement> FutexAsync(Loops loops, SideSettings settings) => await SlotAsync(loops, settings, NoSpin);

    public static async Task<PoolMeasurement> SpinningAsync(Loops loops, SideSettings settings) => await SlotAsync(loops, settings, LongSpin);

    /// <summary>Both ends of an anonymous pipe each way, read and written by the system's calls.</summary>
    public static async Task<PoolMeasurement> PipeAsync(Loops loops, SideSettings settings)
    {
        using var slot = SharedSlot.Create();
        var start = PoolSide.Program(PoolSide.PeerVerb, "pipe", slot.Path, "0");
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        await using var process = SupervisedProcess.Start(start, new SupervisionOptions { StopGracePeriod = TimeSpan.Zero });
        return Bytes(loops, process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
    }

    /// <summary>The other process.</summary>
    public static void Serve(string kind, string path, int spins)
    {
        if (kind == "pipe")
        {
            StdioWorker.Run();
            return;
        }

        if (kind == RingFloor.Kind)
        {
            RingFloor.Serve(path);
            return;
        }

        if (kind == OurDeaths.HangKind)
        {
            OurDeaths.Hang(path);
            return;
        }

        using var slot = SharedSlot.Open(path);
        if (kind == "frame")
        {
            slot.Serve(spins, () => BitConverter.TryWriteBytes(slot.Answer, Payloads.Sum(slot.Frame(BitConverter.ToInt32(slot.Request[4..])))));
        }
        else
        {
            slot.Serve(spins, () => slot.Request[..Payloads.EchoBytes].CopyTo(slot.Answer));
        }
    }

    /// <summary>What a frame costs at the least: its bytes are read by one thread, which has nothing else to do.</summary>
    public static PoolMeasurement Read(Loops loops) => Memory(loops, (frames, number) => Payloads.Sum(frames[number]));

    /// <summary>What one copy of a frame costs.</summary>
    public static PoolMeasurement Copy(Loops loops)
    {
        var copy = new byte[Payloads.FrameBytes];
        return Memory(loops, (frames, number) =>
        {
            frames[number].CopyTo(copy, 0);
            return copy[^1];
        });
    }

    private static PoolMeasurement Memory(Loops loops, Func<byte[][], int, long> work)
    {
        var frames = Enumerable.Range(0, Payloads.Slots).Select(number =>
        {
            var frame = new byte[Payloads.FrameBytes];
            Payloads.Fill(frame, number);
            return frame;
        }).ToArray();
        var expected = frames.Select((_, number) => work(frames, number)).ToArray();
        return loops.InTurn(number => work(frames, (int)(number % Payloads.Slots)) == expected[number % Payloads.Slots]);
    }

    private static async Task<PoolMeasurement> SlotAsync(Loops loops, SideSettings settings, int spins)
    {
        using var slot = SharedSlot.Create();
        await using var process = SupervisedProcess.Start(PoolSide.Program(PoolSide.PeerVerb, "slot", slot.Path, FormattableString.Invariant($"{spins}")), new SupervisionOptions { StopGracePeriod = TimeSpan.Zero });
        var request = Payloads.Request();
        var measured = loops.InTurn(number =>
        {
            Payloads.Number(request, number & long.MaxValue >> 8); // its first byte is for the end
            request[0] &= 0x7f;
            request.CopyTo(slot.Request);
            slot.Exchange(spins);
            return slot.Answer[..Payloads.EchoBytes].SequenceEqual(request);
        });
        slot.End();
        return measured;
    }

    private static PoolMeasurement Bytes(Loops loops, Stream input, Stream output)
    {
        var request = Payloads.Request();
        var answer = new byte[StdioWorker.HeaderBytes + Payloads.EchoBytes];
        var message = new byte[StdioWorker.HeaderBytes + Payloads.EchoBytes];
        return loops.InTurn(number =>
        {
            Payloads.Number(request, number);
            StdioWorker.Write(message, request);
            input.Write(message);
            input.Flush();
            output.ReadExactly(answer);
            return answer.AsSpan(StdioWorker.HeaderBytes).SequenceEqual(request);
        });
    }
}
