using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Machines.Motion;

public enum AxisState
{
    Idle,
    Moving,
    Fault,
}

/// <summary>Lets callers wait until an axis has come to rest.</summary>
public sealed class BarrierGate
{
    private readonly object _gate = new();
    private readonly Dictionary<int, AxisState> _states = [];
    private readonly Dictionary<int, TaskCompletionSource<AxisState>> _waiting = [];

    public Task<AxisState> WhenAtRest(int axis)
    {
        lock (_gate)
        {
            if (_states.GetValueOrDefault(axis) != AxisState.Moving)
            {
                return Task.FromResult(_states.GetValueOrDefault(axis));
            }

            if (!_waiting.TryGetValue(axis, out var waiter))
            {
                waiter = new(); // HRD2015
                _waiting.Add(axis, waiter);
            }

            return waiter.Task;
        }
    }

    public void OnStateChanged(int axis, AxisState state)
    {
        lock (_gate)
        {
            _states[axis] = state;
            if (state != AxisState.Moving && _waiting.Remove(axis, out var waiter))
            {
                waiter.SetResult(state);
            }
        }
    }
}

/// <summary>Position counters that the drive updates some thousand times a second.</summary>
public sealed class PositionCounters
{
    private readonly SpinLock _spin = new(enableThreadOwnerTracking: false); // HRD1012
    private readonly long[] _positions;

    public PositionCounters(int axes) => _positions = new long[axes];

    public void Move(int axis, long steps)
    {
        var taken = false;
        try
        {
            _spin.Enter(ref taken);
            _positions[axis] += steps;
        }
        finally
        {
            if (taken)
            {
                _spin.Exit(useMemoryBarrier: false);
            }
        }
    }

    public long[] Snapshot()
    {
        var taken = false;
        var copy = new long[_positions.Length];
        try
        {
            _spin.Enter(ref taken);
            Array.Copy(_positions, copy, copy.Length);
        }
        finally
        {
            if (taken)
            {
                _spin.Exit(useMemoryBarrier: false);
            }
        }

        return copy;
    }
}

public sealed class HomingSequence(BarrierGate gate, Action<int> home)
{
    public async Task<bool> RunAsync(IEnumerable<int> axes, CancellationToken token)
    {
        foreach (var axis in axes)
        {
            token.ThrowIfCancellationRequested();
            home(axis);
            if (await gate.WhenAtRest(axis).WaitAsync(TimeSpan.FromSeconds(30), token) == AxisState.Fault)
            {
                return false;
            }
        }

        return true;
    }
}
