using System.Diagnostics;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Tests;

/// <summary>The program as people run it.</summary>
internal static class BenchmarksProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(9);

    public static Task<ChildResult> RunAsync(string[] arguments, CancellationToken stop) =>
        new ChildProgram(TimeProvider.System).RunAsync(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Hardening.Benchmarks.dll"), .. arguments]), Limit, stop);
}
