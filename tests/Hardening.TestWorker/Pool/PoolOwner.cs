using System.Text;
using Hardening.Pool;

namespace Hardening.TestWorker.Pool;

/// <summary>An application with a pool, one worker of which never finishes its job; it waits for its own end.</summary>
internal static class PoolOwner
{
    /// <param name="marks">A directory for the file that says that all stand: <c>job</c>, written by the worker.</param>
    public static async Task<int> RunAsync(string marks)
    {
        var worker = WorkerCommand.Executable(Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "pool-worker");
        await using var pool = new ProcessPool("owned", worker, new ProcessPoolOptions { Workers = 2, SpareWorkers = 1 });
        await pool.StartAsync(CancellationToken.None);
        using var _ = await pool.RunAsync(Encoding.UTF8.GetBytes($"hang {Path.Combine(marks, "job")}"));
        return 1;
    }
}
