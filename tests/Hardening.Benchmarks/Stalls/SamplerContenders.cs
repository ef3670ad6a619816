using System.Diagnostics;
using System.Globalization;
using Hardening.Stalls.Sampling;

namespace Hardening.Benchmarks.Stalls;

/// <summary>Who takes samples of this process, and how.</summary>
internal sealed class SamplerContenders : IDisposable
{
    public const string Ours = "StallSampler";
    public const string OursDeep = "StallSampler, on suspicion";
    public const string Files = "File.ReadAllText";
    public const string Threads = "Process.Threads";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly StallSampler _sampler = new(new ProcSampler(), new HostSampler(), new NoRuntime(), TimeProvider.System, Period);

    public IReadOnlyList<(string Name, Action Take)> All =>
    [
        (Ours, () => _sampler.Take([], deep: false)),
        (OursDeep, () => _sampler.Take([], deep: true)),
        (Files, ReadFiles),
        (Threads, AskProcess),
    ];

    /// <summary>Threads that the last sample has left out.</summary>
    public int Omitted => _sampler.Copy(_sampler.LastTime, long.MaxValue)[^1].Sample.Process.Omitted;

    public void Dispose() => _sampler.Dispose();

    // The same files as ours: what threads did and waited for, and the host's.
    private static void ReadFiles()
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(thread, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                _ = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
                _ = long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        foreach (var file in (string[])["/proc/stat", "/proc/pressure/cpu", "/proc/pressure/memory", "/proc/pressure/io", "/proc/self/stat"])
        {
            _ = File.Exists(file) ? File.ReadAllText(file).Split(' ', '\n').Length : 0;
        }
    }

    private static void AskProcess()
    {
        using var process = Process.GetCurrentProcess();
        foreach (ProcessThread thread in process.Threads)
        {
            try
            {
                _ = (thread.UserProcessorTime, thread.PrivilegedProcessorTime, thread.ThreadState);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It has ended.
            }

            thread.Dispose();
        }
    }

    private sealed class NoRuntime : IRuntimeSampler
    {
        public void Read(ref RuntimeSample runtime)
        {
        }
    }
}
