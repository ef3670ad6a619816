using System;
using System.Threading;
using System.Threading.Tasks;

namespace Resilience.Circuits;

public enum CircuitState
{
    Closed,
    Open,
    HalfOpen,
}

public sealed class CircuitOpenException(TimeSpan retryAfter) : InvalidOperationException($"The circuit is open; try again in {retryAfter}.")
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>After so many failures in a row nobody calls for a while; then one may try.</summary>
public sealed class CircuitBreaker(int failuresToOpen, TimeSpan openFor, TimeProvider time)
{
    private readonly object _gate = new();
    private CircuitState _state;
    private int _failures;
    private long _openedAt;
    private bool _trying;

    public event EventHandler<CircuitState>? StateChanged;

    public CircuitState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken token)
    {
        Enter();
        try
        {
            var result = await action(token);
            Succeeded();
            return result;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Failed();
            throw;
        }
        finally
        {
            Leave();
        }
    }

    private void Enter()
    {
        CircuitState? changed = null;
        lock (_gate)
        {
            if (_state == CircuitState.Open)
            {
                var left = openFor - time.GetElapsedTime(_openedAt);
                if (left > TimeSpan.Zero)
                {
                    throw new CircuitOpenException(left);
                }

                changed = _state = CircuitState.HalfOpen;
            }

            if (_state == CircuitState.HalfOpen)
            {
                if (_trying)
                {
                    throw new CircuitOpenException(openFor);
                }

                _trying = true;
            }
        }

        Announce(changed);
    }

    private void Succeeded()
    {
        CircuitState? changed = null;
        lock (_gate)
        {
            _failures = 0;
            if (_state != CircuitState.Closed)
            {
                changed = _state = CircuitState.Closed;
            }
        }

        Announce(changed);
    }

    private void Failed()
    {
        CircuitState? changed = null;
        lock (_gate)
        {
            _failures++;
            if (_state == CircuitState.HalfOpen || _state == CircuitState.Closed && _failures >= failuresToOpen)
            {
                changed = _state = CircuitState.Open;
                _openedAt = time.GetTimestamp();
            }
        }

        Announce(changed);
    }

    private void Leave()
    {
        lock (_gate)
        {
            _trying = false;
        }
    }

    private void Announce(CircuitState? changed)
    {
        if (changed is { } state)
        {
            StateChanged?.Invoke(this, state);
        }
    }
}
