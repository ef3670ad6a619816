namespace Hardening.Stalls.Classification;

/// <summary>What a stack says that its thread is doing.</summary>
internal enum StackActivity
{
    /// <summary>At work, or something that the table does not know.</summary>
    Other,

    /// <summary>Enters a <c>lock</c>.</summary>
    Lock,

    /// <summary>A semaphore or a lock for readers and writers.</summary>
    Semaphore,

    /// <summary>Sleeps.</summary>
    Sleep,

    /// <summary>Spins, or yields.</summary>
    Spin,

    /// <summary>Waits for a task.</summary>
    Task,

    /// <summary>Waits for another process.</summary>
    Process,

    /// <summary>Waits for another thread, an event or an item.</summary>
    Signal,

    /// <summary>Reads, writes or talks to a network.</summary>
    InputOutput,

    /// <summary>A thread of the thread pool, or a native one, with nothing to do.</summary>
    Idle,
}

/// <summary>Reads stacks.</summary>
internal static class StackReading
{
    // The outermost frame of the framework that is in the table says what the application asked for: under Task.Wait there is Monitor.Wait, which says nothing.
    private static readonly (string Prefix, StackActivity Activity, string Text)[] s_calls =
    [
        ("System.Threading.Monitor.Wait", StackActivity.Signal, "Monitor.Wait"),
        ("System.Threading.Monitor.Pulse", StackActivity.Other, ""),
        ("System.Threading.Monitor.Exit", StackActivity.Other, ""),
        ("System.Threading.Monitor.", StackActivity.Lock, "a lock"),
        ("System.Threading.Lock.Exit", StackActivity.Other, ""),
        ("System.Threading.Lock.", StackActivity.Lock, "a lock"),
        ("System.Threading.SemaphoreSlim.Wait", StackActivity.Semaphore, "SemaphoreSlim.Wait"),
        ("System.Threading.ReaderWriterLock", StackActivity.Semaphore, "ReaderWriterLockSlim"),
        ("System.Threading.SpinLock", StackActivity.Spin, "SpinLock"),
        ("System.Threading.SpinWait", StackActivity.Spin, "SpinWait"),
        ("System.Threading.Thread.SpinWait", StackActivity.Spin, "Thread.SpinWait"),
        ("System.Threading.Thread.Yield", StackActivity.Spin, "Thread.Yield"),
        ("System.Threading.Thread.UninterruptibleSleep0", StackActivity.Spin, "Thread.Sleep(0)"),
        ("System.Threading.Thread.Sleep", StackActivity.Sleep, "Thread.Sleep"),
        ("System.Threading.Thread.Join", StackActivity.Signal, "Thread.Join"),
        ("System.Threading.Tasks.Task", StackActivity.Task, "Task.Wait"),
        ("System.Runtime.CompilerServices.TaskAwaiter", StackActivity.Task, "GetAwaiter().GetResult()"),
        ("System.Runtime.CompilerServices.ValueTaskAwaiter", StackActivity.Task, "GetAwaiter().GetResult()"),
        ("System.Threading.WaitHandle", StackActivity.Signal, "WaitHandle.WaitOne"),
        ("System.Threading.ManualResetEventSlim.Wait", StackActivity.Signal, "ManualResetEventSlim.Wait"),
        ("System.Threading.CountdownEvent.Wait", StackActivity.Signal, "CountdownEvent.Wait"),
        ("System.Threading.Barrier.SignalAndWait", StackActivity.Signal, "Barrier.SignalAndWait"),
        ("System.Collections.Concurrent.BlockingCollection", StackActivity.Signal, "BlockingCollection"),
        ("System.Threading.Tasks.Parallel", StackActivity.Signal, "Parallel"),
        ("System.Diagnostics.Process.WaitForExit", StackActivity.Process, "Process.WaitForExit"),
        ("System.Diagnostics.Process", StackActivity.Process, "Process"),
        ("System.Net.", StackActivity.InputOutput, "the network"),
        ("System.IO.", StackActivity.InputOutput, "a file or pipe"),
        ("Microsoft.Win32.SafeHandles.SafeFileHandle", StackActivity.InputOutput, "a file or pipe"),
        ("System.Console", StackActivity.InputOutput, "the console"),
        ("System.ConsolePal", StackActivity.InputOutput, "the console"),
        ("System.Data.", StackActivity.InputOutput, "a database"),
        ("Microsoft.Data.", StackActivity.InputOutput, "a database"),
    ];

    private static readonly string[] s_framework = ["System.", "Microsoft.", "Internal.", "Interop.", "Interop+"];
    private static readonly string[] s_ownModules = ["Hardening.Runtime", "hardening-witness"];
    private static readonly string[] s_own = ["Hardening.Stalls.", "Hardening.Processes.", "Hardening.Pool.", "Hardening.Camera.", "Hardening.Interop."];

    /// <summary>Whether a frame is of neither the framework nor this library.</summary>
    public static bool IsApplication(ThreadStackFrame frame)
    {
        if (string.IsNullOrEmpty(frame.Method) || StartsWithAny(frame.Method, s_framework))
        {
            return false;
        }

        return frame.Module is { Length: > 0 } module ? !IsOwnModule(module) : !StartsWithAny(frame.Method, s_own);
    }

    /// <summary>The innermost frame of the application; null when there is none.</summary>
    public static ThreadStackFrame? Application(IReadOnlyList<ThreadStackFrame>? frames) => frames?.FirstOrDefault(IsApplication);

    /// <summary>What the thread is doing, and what is called for it.</summary>
    public static (StackActivity Activity, string Text) Read(IReadOnlyList<ThreadStackFrame> frames)
    {
        (StackActivity Activity, string Text) found = (StackActivity.Other, "");
        var isInnermost = true;
        foreach (var frame in frames)
        {
            if (IsApplication(frame))
            {
                return found;
            }

            foreach (var (prefix, activity, text) in s_calls)
            {
                if (!frame.Method.StartsWith(prefix, StringComparison.Ordinal))
                {
                    continue;
                }

                if (activity != StackActivity.Other)
                {
                    // A wait for a lock inside the console's writer is a wait for a lock.
                    if (isInnermost && activity == StackActivity.Lock)
                    {
                        return (activity, text);
                    }

                    found = (activity, text);
                    isInnermost = false;
                }

                break;
            }
        }

        // No frame of the application at all: nobody asked for it.
        return (StackActivity.Idle, "");
    }

    private static bool IsOwnModule(string module) =>
        module is "Hardening.Runtime" || module.StartsWith(s_ownModules[0] + ".", StringComparison.Ordinal) || module == s_ownModules[1];

    private static bool StartsWithAny(string text, string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
