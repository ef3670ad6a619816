using System.ComponentModel;
using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.Cli.Diagnosis;

/// <summary>This host: its files, what ethtool says, and its counters at two times.</summary>
internal sealed class LiveHost : RootedFiles
{
    private static readonly TimeSpan s_commandLimit = TimeSpan.FromSeconds(5);
    private static readonly string[] s_folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin"]; // sbin is in few users' PATH

    private readonly Dictionary<string, HostFile> _outputs = [];

    private LiveHost()
        : base("/")
    {
    }

    /// <param name="scope">What is asked about.</param>
    /// <param name="looking">The time between the two looks at the counters; zero for one look.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<Host> LookAsync(DoctorScope scope, TimeSpan looking, TimeProvider time, CancellationToken stop)
    {
        var files = new LiveHost();
        Dictionary<string, string> earlier = [];
        var host = new Host(files, earlier, scope);
        if (looking > TimeSpan.Zero)
        {
            foreach (var path in Counters.Files(host))
            {
                if (files.Read(path).Text is { } text)
                {
                    earlier[path] = text;
                }
            }
        }

        var wait = looking > TimeSpan.Zero ? Task.Delay(looking, time, stop) : Task.CompletedTask;
        foreach (var network in NetworkPort.Of(host))
        {
            await files.AskAsync("-g", network.Name, stop);
            await files.AskAsync("--show-eee", network.Name, stop);
        }

        await wait;
        return host;
    }

    public override HostFile Output(string command) => _outputs.TryGetValue(command, out var output) ? output : base.Output(command);

    private async Task AskAsync(string option, string network, CancellationToken stop)
    {
        var command = $"ethtool {option} {network}";
        if (s_folders.Select(folder => folder + "/ethtool").FirstOrDefault(File.Exists) is not { } program)
        {
            _outputs[command] = HostFile.Unread("the program ethtool is not installed (apt-get install ethtool)");
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_commandLimit);
        try
        {
            var result = await SupervisedProcess.RunAsync(new ProcessStartInfo(program, [option, network]), null, limit.Token);
            _outputs[command] = result.Exit.ExitCode == 0
                ? HostFile.Of(result.StandardOutput)
                : HostFile.Unread($"'{command}' failed: {result.StandardError.Trim().ReplaceLineEndings(" ")}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _outputs[command] = HostFile.Unread($"'{command}' gave no answer within {s_commandLimit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is Win32Exception or IOException or SupervisorException)
        {
            _outputs[command] = HostFile.Unread($"'{command}' cannot be run: {e.Message}");
        }
    }
}
