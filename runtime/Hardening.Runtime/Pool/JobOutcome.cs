using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Hardening.Pool;

/// <summary>How one job of a map ended: with its result, or with what kept it from having one.</summary>
/// <typeparam name="TResult">The result of a job.</typeparam>
/// <remarks>A default value is no outcome of any job.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct JobOutcome<TResult>
{
    private readonly TResult? _result;

    /// <summary>A job that has a result.</summary>
    public JobOutcome(long index, TResult result) => (Index, _result) = (index, result);

    /// <summary>A job that has none.</summary>
    public JobOutcome(long index, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        (Index, Failure) = (index, failure);
    }

    /// <summary>The place of its request in the source, from 0.</summary>
    public long Index { get; }

    /// <summary>Why there is no result, as <c>RunAsync</c> would throw it; null when there is one.</summary>
    public Exception? Failure { get; }

    /// <summary>Whether there is a result.</summary>
    public bool IsSuccess => Failure is null;

    /// <summary>The result.</summary>
    /// <exception cref="Exception">There is none: it is the <see cref="Failure"/> that is thrown.</exception>
    public TResult Result
    {
        get
        {
            if (Failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            return _result!;
        }
    }
}
