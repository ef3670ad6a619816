using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Hardening.Processes.Supervision;

/// <summary>What another thread will say, once. Unlike with a task, only threads wait for it, and each says how long: nothing else has to run first.</summary>
internal sealed class Answer<T>
    where T : class
{
    private readonly object _gate = new(); // an object, for Monitor.Wait
    private T? _value;
    private Exception? _failure;

    /// <summary>The value, if it is there already.</summary>
    public T? Value => Volatile.Read(ref _value);

    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    public void Set(T value) => Say(value, failure: null);

    public void Fail(Exception failure) => Say(value: null, failure);

    /// <returns>False when the time is over.</returns>
    /// <exception cref="Exception">What the answer failed with.</exception>
    public bool TryWait(TimeSpan limit, [NotNullWhen(true)] out T? value)
    {
        var until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_gate)
        {
            while (_value is null && _failure is null && until - Environment.TickCount64 is var left and > 0)
            {
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left));
            }

            value = _value;
        }

        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return value is not null;
    }

    private void Say(T? value, Exception? failure)
    {
        lock (_gate)
        {
            if (_value is null && _failure is null)
            {
                (_value, _failure) = (value, failure);
                Monitor.PulseAll(_gate);
            }
        }
    }
}
