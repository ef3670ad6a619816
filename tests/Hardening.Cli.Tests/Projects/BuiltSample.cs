using Hardening.Cli.Projects;

namespace Hardening.Cli.Tests.Projects;

/// <summary>A <see cref="SampleSolution"/> that is loaded through a build, once for all tests that ask for it.</summary>
internal sealed class BuiltSample : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly Lazy<Task<BuiltSample>> Made = new(MakeAsync);

    private BuiltSample(SampleSolution solution, LoadedCode code) => (Solution, Code) = (solution, code);

    public static Task<BuiltSample> Shared => Made.Value;

    public SampleSolution Solution { get; }

    public LoadedCode Code { get; }

    /// <summary>What lay in the folder before and after.</summary>
    public required IReadOnlyList<string> Before { get; init; }

    public required IReadOnlyList<string> After { get; init; }

    public required IReadOnlyList<string> Progress { get; init; }

    /// <summary>Removes it, if a test asked for it.</summary>
    public static async Task EndAsync()
    {
        if (Made.IsValueCreated)
        {
            (await Made.Value).Dispose();
        }
    }

    public void Dispose()
    {
        Code.Dispose();
        Solution.Dispose();
    }

    private static async Task<BuiltSample> MakeAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var (solution, progress) = (new SampleSolution(), new List<string>());
        var before = solution.Listing();
        var code = await new ProjectLoader(TimeProvider.System).LoadAsync(solution.Solution, progress.Add, limit.Token);
        return new BuiltSample(solution, code) { Before = before, After = solution.Listing(), Progress = progress };
    }
}
