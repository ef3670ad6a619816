using System.Runtime.CompilerServices;
using Hardening.Stalls;

namespace Hardening.FaultLab.Application;

/// <summary>
/// The activity that faults stall: a cycle of 10 ms, each with a little work under every lock there is. Each resource has a method of its own, which a report must name;
/// the statement that waits is marked for the judge, which looks the reported line up in this file.
/// </summary>
internal sealed class LabCamera
{
    private const long Buffer = 1 << 20;

    private static readonly byte[] s_frame = new byte[512];

    private readonly LabResources _resources;
    private readonly Heartbeat _heartbeat;
    private readonly ActivityThread _thread;
    private readonly Action _takeLocks;
    private readonly Action _useMemory;
    private readonly Action _write;
    private long _counter;
    private Action? _extra;

    public LabCamera(LabResources resources, Heartbeat heartbeat, ActivityThread thread)
    {
        (_resources, _heartbeat, _thread) = (resources, heartbeat, thread);
        (_takeLocks, _useMemory, _write) = (TakeLocks, UseMemory, Write); // once, not per cycle
    }

    /// <summary>Done in every cycle; null: nothing.</summary>
    public Action? Extra
    {
        get => Volatile.Read(ref _extra);
        set => Volatile.Write(ref _extra, value);
    }

    public void Cycle()
    {
        _thread.Step(_heartbeat, "locks", _takeLocks);
        _thread.Step(_heartbeat, "memory", _useMemory);
        _thread.Step(_heartbeat, "output", _write);
        if (Extra is { } extra)
        {
            _thread.Step(_heartbeat, "extra", extra);
        }
    }

    private void TakeLocks()
    {
        TakeGates();
        TakeLock();
        TakeSlot();
        TakeSpinGates();
        TakeNativeLock();
    }

    private void UseMemory() => _resources.Native?.Touch(Buffer);

    private void Write()
    {
        WritePipe();
        WriteFile();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeGates()
    {
        lock (_resources.Gate) // site: gate
        {
            lock (_resources.InnerGate) // site: inner gate
            {
                _counter++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeLock()
    {
        lock (_resources.Lock) // site: lock
        {
            _counter++;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeSlot()
    {
        _resources.Slot.Wait(); // site: slot
        try
        {
            _counter++;
        }
        finally
        {
            _resources.Slot.Release();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeSpinGates()
    {
        _resources.SpinGate.Enter(); // site: spin
        _resources.SpinGate.Leave();
        _resources.YieldGate.Enter(); // site: yield
        _resources.YieldGate.Leave();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeNativeLock()
    {
        if (_resources.Native is { } native)
        {
            native.Lock(); // site: native lock
            native.Unlock();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WritePipe() => _resources.PipeOut.Write(s_frame); // site: pipe

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteFile()
    {
        if (_resources.File is { } file)
        {
            RandomAccess.Write(file, s_frame, 0); // site: file
        }
    }
}
