using System.Globalization;
using Hardening.Witness.Interop;
using Microsoft.Diagnostics.Runtime;

namespace Hardening.Witness;

/// <summary>Reads the stacks of a process of .NET while it is held still. What it learns of the process is kept for the next time. To be called by one thread at a time.</summary>
internal sealed class StackWalk(int processId, TimeProvider time) : IDisposable
{
    private const int UninterruptibleLooks = 3;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    private HeldReader? _reader;
    private DataTarget? _target;
    private ClrRuntime? _runtime;
    private CodeMaps? _maps;
    private FrameNames? _names;
    private LockWalk? _locks;

    /// <summary>The part of the limit that threads have to stop in: the rest is for the walk.</summary>
    private const double StopShare = 0.5;

    /// <exception cref="UnauthorizedAccessException">It is not permitted; the message says why, and what to do.</exception>
    /// <exception cref="ProcessGoneException">There is no such process.</exception>
    /// <exception cref="InvalidOperationException">Its runtime cannot be read; the message says why.</exception>
    public WalkResult Take(WalkRequest request)
    {
        if (AwaitUninterruptible() is { Count: > 0 } sleepers)
        {
            return new WalkResult { Missing = $"{Count(sleepers.Count, "thread")} in uninterruptible sleep (state D), the first is {sleepers[0]}: stopping the application would wait for its device. No stacks were taken." };
        }

        Open(); // before the process is held: the first time takes long
        var begin = time.GetTimestamp();
        TimeSpan Elapsed() => time.GetElapsedTime(begin);
        using var tracees = Tracees.Hold(processId, () => Elapsed() > request.Limit * StopShare);
        if (tracees.Unstopped.Count > 0)
        {
            return new WalkResult
            {
                Held = Elapsed(),
                Missing = $"{Count(tracees.Unstopped.Count, "thread")} of {tracees.Unstopped.Count + tracees.Stopped.Count} did not stop within {request.Limit.TotalMilliseconds * StopShare:N0} ms, the first is {tracees.Unstopped.First()}: no processor was free, or a device is waited for. No stacks were taken.",
            };
        }

        var result = Walk(request, tracees, Elapsed);
        tracees.Dispose();
        return result with { Held = Elapsed() };
    }

    public void Dispose()
    {
        _maps?.Dispose();
        _runtime?.Dispose();
        _target?.Dispose();
        _reader?.Dispose();
    }

    private WalkResult Walk(WalkRequest request, Tracees tracees, Func<TimeSpan> elapsed)
    {
        var runtime = Runtime();
        _reader!.Begin(tracees);
        var known = runtime.Threads.Where(thread => thread.IsAlive && tracees.Has((int)thread.OSThreadId)).ToDictionary(thread => (int)thread.OSThreadId);
        List<int> order = [.. request.ThreadIds.Where(known.ContainsKey).Distinct()];
        order.AddRange(known.Keys.Except(order).ToList());

        List<(int, IReadOnlyList<RawFrame>)> threads = [];
        var looked = 0;
        _locks ??= new LockWalk();
        _locks.Begin(runtime);
        foreach (var id in order)
        {
            if (looked == request.MaxThreads || elapsed() > request.Limit)
            {
                break;
            }

            looked++;
            if (Frames(known[id], request.MaxFrames) is { Count: > 0 } frames)
            {
                threads.Add((id, frames)); // some have native frames only
            }
        }

        return new WalkResult
        {
            Threads = threads,
            Locks = _locks.End(runtime),
            Missing = looked == order.Count ? null
                : $"{looked} of {order.Count} managed threads were looked at: {(looked == request.MaxThreads ? "more than that are not" : $"the application is held still for no longer than {request.Limit.TotalMilliseconds:N0} ms")}. Raise {(looked == request.MaxThreads ? "MaxThreads" : "WalkLimit")} if that is worth it.",
        };
    }

    private List<RawFrame> Frames(ClrThread thread, int most)
    {
        var frames = Read(thread, most);
        if (frames.Count == 0 && thread.GCMode == GCMode.Cooperative && NativeCallee.FindCaller(_reader!, thread) is { } caller)
        {
            // In a part of the runtime that is called without a mark on the stack: read from its caller on.
            _reader!.Replace(thread.OSThreadId, caller);
            frames = Read(thread, most);
        }

        return frames;
    }

    private List<RawFrame> Read(ClrThread thread, int most)
    {
        List<RawFrame> frames = [];
        var isFirst = !_reader!.IsReplaced(thread.OSThreadId);
        foreach (var frame in thread.EnumerateStackTrace(includeContext: false, most))
        {
            if (frame.Kind == ClrStackFrameKind.ManagedMethod && frame.Method is { } method && _names!.Of(method, frame.InstructionPointer, isExact: isFirst) is { } raw)
            {
                _locks!.See(thread, frame, raw.Method);
                frames.Add(raw);
            }

            isFirst = false;
        }

        return frames;
    }

    private ClrRuntime Runtime()
    {
        var runtime = Opened();
        runtime.DataTarget.DataReader.FlushCachedData();
        runtime.FlushCachedData();
        return runtime;
    }

    private void Open()
    {
        try
        {
            _ = Opened();
        }
        catch (UnauthorizedAccessException)
        {
            throw new UnauthorizedAccessException(Permission.Explain(processId, Libc.EPERM)); // it may not even be read
        }
    }

    private ClrRuntime Opened()
    {
        if (_runtime is not null)
        {
            return _runtime;
        }

        // "suspend: false": it is held by this thread when it is walked, which is what the reading of registers needs.
        if (_target is null)
        {
            var options = new DataTargetOptions { SymbolPaths = [], CacheOptions = new CacheOptions { CacheStackTraces = false } };
            _reader = new HeldReader(DataTarget.AttachToProcess(processId, suspend: false, options));
            _target = new DataTarget(_reader, options);
        }

        var clr = _target.ClrVersions.FirstOrDefault() ?? throw new InvalidOperationException($"Process {processId} has no runtime of .NET that can be read from outside: a self-contained single-file application leaves out what that takes. Publish it as files (PublishSingleFile=false), or framework-dependent.");
        var place = Path.Combine(Path.GetDirectoryName(clr.ModuleInfo.FileName) ?? "", "libmscordaccore.so");
        if (!File.Exists(place))
        {
            throw new InvalidOperationException($"What reads the runtime from outside is not at {place}: deploy it with the runtime.");
        }

        var runtime = clr.CreateRuntime(place, ignoreMismatch: true); // it is from beside the runtime itself
        _maps = new CodeMaps(runtime);
        _names = new FrameNames(_maps);
        return _runtime = runtime;
    }

    // Most such sleeps are over in no time: only those that last count.
    private IReadOnlyList<int> AwaitUninterruptible()
    {
        var sleepers = ProcessLook.Uninterruptible(processId);
        for (var look = 1; look < UninterruptibleLooks && sleepers.Count > 0; look++)
        {
            Libc.Pause(BetweenLooks);
            sleepers = [.. ProcessLook.Uninterruptible(processId).Intersect(sleepers)];
        }

        return sleepers;
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? " is" : "s are")}");
}

/// <summary>The threads that come first, and how much there may be: the process is held still for no longer than the limit.</summary>
internal sealed record WalkRequest(IReadOnlyList<int> ThreadIds, TimeSpan Limit, int MaxThreads, int MaxFrames);

/// <summary>What a walk has seen. Source lines are looked up when the process runs again.</summary>
internal sealed record WalkResult
{
    public IReadOnlyList<(int Id, IReadOnlyList<RawFrame> Frames)> Threads { get; init; } = [];

    public IReadOnlyList<RawLock> Locks { get; init; } = [];

    public TimeSpan Held { get; init; }

    public string? Missing { get; init; }
}

internal sealed record RawLock(ulong Address, string? Type, int OwnerId, int Waiters, IReadOnlyList<int> WaiterIds);
