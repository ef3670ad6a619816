namespace Hardening.Analyzers.Tests.Processes;

/// <summary>The runtime's supervised process, as far as rules and fixes know it; <see cref="Facts.RuntimeTypesTests"/> holds it against the real one.</summary>
internal static class SupervisedDeclarations
{
    public const string Source =
        """
        using System;
        using System.Diagnostics;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;
        namespace Hardening.Processes
        {
            public sealed class SupervisionOptions { }
            public readonly struct ProcessExit { }
            public sealed class SupervisedProcess : IDisposable, IAsyncDisposable
            {
                private SupervisedProcess() { }
                public static SupervisedProcess Start(ProcessStartInfo startInfo, SupervisionOptions? options = null) => new();
                public int Id => 0;
                public ProcessStartInfo StartInfo => new();
                public bool HasExited => false;
                public int ExitCode => 0;
                public DateTime ExitTime => default;
                public DateTime StartTime => default;
                public TimeSpan UserProcessorTime => default;
                public TimeSpan PrivilegedProcessorTime => default;
                public TimeSpan TotalProcessorTime => default;
                public StreamWriter StandardInput => null!;
                public StreamReader StandardOutput => null!;
                public StreamReader StandardError => null!;
                public event DataReceivedEventHandler? OutputDataReceived { add { } remove { } }
                public event DataReceivedEventHandler? ErrorDataReceived { add { } remove { } }
                public void BeginOutputReadLine() { }
                public void BeginErrorReadLine() { }
                public void CancelOutputRead() { }
                public void CancelErrorRead() { }
                public event EventHandler? Exited { add { } remove { } }
                public bool EnableRaisingEvents { get; set; }
                public bool WaitForExit(TimeSpan timeout) => false;
                public bool WaitForExit(int milliseconds) => false;
                public Task WaitForExitAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
                public void Kill(bool entireProcessTree = true) { }
                public Task<ProcessExit> StopAsync(CancellationToken cancellationToken = default) => Task.FromResult(default(ProcessExit));
                public void Dispose() { }
                public ValueTask DisposeAsync() => default;
            }
        }
        """;

    public static Setup Setup { get; } = new() { Sources = [Source] };
}
