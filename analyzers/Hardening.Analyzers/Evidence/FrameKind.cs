namespace Hardening.Analyzers.Evidence;

/// <summary>What a method of the framework, called by a statement of the application, makes its thread do.</summary>
internal enum FrameKind
{
    Other,
    Lock,
    Semaphore,
    Sleep,
    Spin,
    Task,
    Process,
    Signal,
    InputOutput,
}

/// <summary>Reads names on stacks, as reports have them (docs/runtime/stall-report.md): without type arguments, and as they are in the source.</summary>
internal static class FrameKinds
{
    private static readonly (string Prefix, FrameKind Kind)[] Kinds =
    [
        ("System.Threading.Monitor.Wait", FrameKind.Signal),
        ("System.Threading.Monitor.Pulse", FrameKind.Other),
        ("System.Threading.Monitor.Exit", FrameKind.Other),
        ("System.Threading.Monitor.", FrameKind.Lock),
        ("System.Threading.Lock.Exit", FrameKind.Other),
        ("System.Threading.Lock.", FrameKind.Lock),
        ("System.Threading.SemaphoreSlim.Wait", FrameKind.Semaphore),
        ("System.Threading.ReaderWriterLock", FrameKind.Semaphore),
        ("System.Threading.SpinLock", FrameKind.Spin),
        ("System.Threading.SpinWait", FrameKind.Spin),
        ("System.Threading.Thread.SpinWait", FrameKind.Spin),
        ("System.Threading.Thread.Yield", FrameKind.Spin),
        ("System.Threading.Thread.UninterruptibleSleep0", FrameKind.Spin),
        ("System.Threading.Thread.Sleep", FrameKind.Sleep),
        ("System.Threading.Thread.Join", FrameKind.Signal),
        ("System.Threading.Tasks.Parallel", FrameKind.Signal),
        ("System.Threading.Tasks.Task", FrameKind.Task),
        ("System.Threading.Tasks.ValueTask", FrameKind.Task),
        ("System.Runtime.CompilerServices.TaskAwaiter", FrameKind.Task),
        ("System.Runtime.CompilerServices.ValueTaskAwaiter", FrameKind.Task),
        ("System.Runtime.CompilerServices.ConfiguredTaskAwaitable", FrameKind.Task),
        ("System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable", FrameKind.Task),
        ("System.Threading.WaitHandle", FrameKind.Signal),
        ("System.Threading.EventWaitHandle", FrameKind.Signal),
        ("System.Threading.Mutex", FrameKind.Signal),
        ("System.Threading.Semaphore.", FrameKind.Signal),
        ("System.Threading.ManualResetEventSlim", FrameKind.Signal),
        ("System.Threading.CountdownEvent", FrameKind.Signal),
        ("System.Threading.Barrier", FrameKind.Signal),
        ("System.Collections.Concurrent.BlockingCollection", FrameKind.Signal),
        ("System.Diagnostics.Process", FrameKind.Process),
        ("System.Net.", FrameKind.InputOutput),
        ("System.IO.", FrameKind.InputOutput),
        ("Microsoft.Win32.SafeHandles.SafeFileHandle", FrameKind.InputOutput),
        ("System.Console", FrameKind.InputOutput),
        ("System.Data.", FrameKind.InputOutput),
        ("Microsoft.Data.", FrameKind.InputOutput),
    ];

    private static readonly string[] Framework = ["System.", "Microsoft.", "Internal.", "Interop.", "Interop+"];
    private static readonly string[] Own = ["Hardening.Stalls.", "Hardening.Processes.", "Hardening.Pool.", "Hardening.Camera.", "Hardening.Interop."];

    public static FrameKind Of(string? method) => method is null ? FrameKind.Other : Kinds.FirstOrDefault(kind => method.StartsWith(kind.Prefix, StringComparison.Ordinal)).Kind;

    /// <summary>Whether a frame is of neither the framework nor the runtime library of this project.</summary>
    public static bool IsApplication(string method, string? module) =>
        method.Length > 0
        && !Array.Exists(Framework, prefix => method.StartsWith(prefix, StringComparison.Ordinal))
        && (module is { Length: > 0 } ? module is not ("Hardening.Runtime" or "hardening-witness") && !module.StartsWith("Hardening.Runtime.", StringComparison.Ordinal)
            : !Array.Exists(Own, prefix => method.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>Whether the stack of the frame is that of a thread of the thread pool.</summary>
    public static bool IsPool(string method) => method.StartsWith("System.Threading.ThreadPoolWorkQueue.", StringComparison.Ordinal) || method.StartsWith("System.Threading.PortableThreadPool.WorkerThread", StringComparison.Ordinal);

    /// <summary>The name of the member alone, as a statement has it: <c>Result</c> for <c>get_Result</c>.</summary>
    public static string Member(string method)
    {
        var dot = method.LastIndexOf('.');
        var name = dot >= 0 ? method.Substring(dot + 1) : method;
        return name is "ctor" or "cctor" && dot > 0 && method[dot - 1] == '.' ? "." + name
            : name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal) ? name.Substring(4)
            : name;
    }
}
