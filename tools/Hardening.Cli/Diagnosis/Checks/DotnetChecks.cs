using System.Globalization;
using static Hardening.Cli.Diagnosis.Quantity;

namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>How .NET, and the libraries that start threads of their own, are set up in a running process.</summary>
internal static class DotnetChecks
{
    private const string Subject = "The process (--pid)";
    private const int ThreadsPerProcessor = 16, ThreadsAlways = 64;
    private const int CalmThreadsPerProcessor = 4;

    private static readonly string[] s_diagnosticSettings = ["EnableDiagnostics", "EnableDiagnostics_IPC"];
    private static readonly string[] s_openCvVariables = ["OPENCV_FOR_THREADS_NUM", "OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER", "OMP_NUM_THREADS"];

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("gc-mode", Subject, "workstation, or server with no more heaps than processors that the process gets",
            "Server GC runs a thread for each heap at high priority: with more heaps than processors, they take turns while every other thread waits.", GcMode),
        new("processor-count", Subject, "DOTNET_PROCESSOR_COUNT not set, or what the process gets",
            "Pools, heaps and Parallel loops are sized by it: one that is too large makes threads that only wait for each other.", ProcessorCount),
        new("diagnostics", Subject, "enabled",
            "Without the diagnostic port, counters and stacks of a stalled process cannot be had, and 'harden watch' sees its outside only.", Diagnostics),
        new("opencv-threads", Subject, "OpenCV with one thread where frames are processed side by side",
            "OpenCV starts threads for all processors in each process: eight camera threads that filter 15 frames/s on 32 processors cost millions of context switches, and seconds of system time.", OpenCvThreads),
        new("thread-count", Subject, "at most 64, and 16 for each processor",
            "Threads that wait cost little; but each that wakes takes a processor from one that has a frame.", ThreadCount),
    ];

    private static IEnumerable<Answer> GcMode(Host host)
    {
        var process = new ProcessLook(host).Dotnet();
        var heaps = process.Threads.Count(name => name == ".NET Server GC");
        var gets = Math.Min(host.ProcessProcessors, Math.Ceiling(new ControlGroups(host).Quota() ?? double.MaxValue));
        var limit = process.NumericSetting("GCHeapCount") is { } count ? $", DOTNET_GCHeapCount={count:x}" : "";
        var wanted = (int)Math.Max(1, gets);
        yield return heaps switch
        {
            0 => Answer.Pass(process.NumericSetting("gcServer") == 1 ? "workstation, though DOTNET_gcServer=1: there is one processor" : "workstation"),
            _ when heaps > gets => Answer.Fail(
                $"server, {heaps} heaps for {Decimal(gets)} processors{limit}", Remedy.Advice(string.Create(CultureInfo.InvariantCulture, $"start it with DOTNET_GCHeapCount={wanted:x}, or DOTNET_gcServer=0"))),
            _ when heaps > 4 => Answer.Warn($"server, {heaps} heaps{limit}", Remedy.Advice("measure it with DOTNET_gcServer=0: with pooled frames, the server GC made frames later and not sooner")),
            _ => Answer.Pass($"server, {heaps} heaps{limit}"),
        };
    }

    private static IEnumerable<Answer> ProcessorCount(Host host)
    {
        var process = new ProcessLook(host).Dotnet();
        var gets = Math.Min(host.ProcessProcessors, Math.Ceiling(new ControlGroups(host).Quota() ?? double.MaxValue));
        yield return process.NumericSetting("PROCESSOR_COUNT") switch
        {
            null => Answer.Pass($"not set; the process gets {Decimal(gets)}"),
            { } count when count > gets => Answer.Warn($"{count}, and the process gets {Decimal(gets)}", Remedy.Advice("start it without DOTNET_PROCESSOR_COUNT")),
            { } count => Answer.Pass(Count(count)),
        };
    }

    private static IEnumerable<Answer> Diagnostics(Host host)
    {
        var process = new ProcessLook(host).Dotnet();
        var off = s_diagnosticSettings.FirstOrDefault(name => process.NumericSetting(name) == 0);
        var folder = (process.Variable("TMPDIR") ?? "/tmp").TrimEnd('/');
        var id = (host.ProcessStatus("NSpid") ?? "").Split('\t')[^1]; // as the process knows itself
        var hasSocket = host.Files.List($"{host.Process}/root{folder}").Any(name => name.StartsWith($"dotnet-diagnostic-{id}-", StringComparison.Ordinal));
        yield return off is not null ? Answer.Warn($"DOTNET_{off}=0", Remedy.Advice($"start it without DOTNET_{off}"))
            : hasSocket ? Answer.Pass($"enabled, its socket is in {folder}")
            : Answer.Warn($"no socket in {folder}: it was removed, as cleaners of {folder} do, or the folder may not be read", Remedy.Advice($"exclude {folder}/dotnet-diagnostic-* from the cleaner (tmpfiles.d: x {folder}/dotnet-diagnostic-*), and start the application anew"));
    }

    private static IEnumerable<Answer> OpenCvThreads(Host host)
    {
        var process = new ProcessLook(host);
        if (!process.HasLoaded("libopencv_core") && !process.HasLoaded("libOpenCvSharpExtern") && !process.HasLoaded("/cv2") && !process.HasLoaded("libemgucv"))
        {
            yield return Answer.Pass("OpenCV is not loaded");
            yield break;
        }

        var (threads, processors) = (process.ThreadCount, host.ProcessProcessors);
        var variables = s_openCvVariables
            .Select(name => (Name: name, Value: process.Variable(name))).Where(variable => variable.Value is not null).ToList();
        var found = $"OpenCV is loaded, {Count(threads)} threads on {Count(processors)} processors" + (variables.Count > 0 ? ", " + string.Join(", ", variables.Select(v => $"{v.Name}={v.Value}")) : "");
        var isCalm = variables.Any(variable => variable is { Name: "OPENCV_FOR_THREADS_NUM", Value: "1" } or { Name: "OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER", Value: "0" });
        var remedy = Remedy.Advice("once at start: OpenCvThreads.Configure (Hardening.Runtime.OpenCv) or Cv2.SetNumThreads(1); without code: OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER=0. Decoders of H.264 take one thread for each processor and capture besides");
        yield return isCalm || threads <= processors * CalmThreadsPerProcessor
            ? Answer.Pass(found)
            : threads > processors * ThreadsPerProcessor ? Answer.Fail(found, remedy) : Answer.Warn(found, remedy);
    }

    private static IEnumerable<Answer> ThreadCount(Host host)
    {
        var process = new ProcessLook(host);
        var (threads, processors) = (process.ThreadCount, host.ProcessProcessors);
        var found = $"{Count(threads)} on {Count(processors)} processors";
        var kinds = string.Join(", ", process.Threads.GroupBy(name => name).OrderByDescending(same => same.Count()).Take(3).Select(same => $"{same.Count()} '{same.Key}'"));
        yield return threads > Math.Max(ThreadsAlways, processors * ThreadsPerProcessor)
            ? Answer.Warn($"{found}: {kinds}", Remedy.Advice("see where they come from: harden watch PID; harden scan names code that starts a thread for each item (HRD2001)"))
            : Answer.Pass(found);
    }
}
