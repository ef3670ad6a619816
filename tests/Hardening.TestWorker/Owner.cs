using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hardening.Processes;

namespace Hardening.TestWorker;

/// <summary>An application with children: it does with them what its standard input says, and answers each command with a line of JSON.</summary>
internal sealed class Owner(OwnerArguments arguments)
{
    private const int ReturnCode = 3;

    private readonly Dictionary<string, SupervisedProcess> _children = new(StringComparer.Ordinal);

    public async Task<int> RunAsync()
    {
        Descriptors.Open(arguments.OpenDescriptors);
        // Not supervised: nothing may touch it.
        using var plain = arguments.PlainChild is null ? null : Process.Start(new ProcessStartInfo("sleep", ["120"]) { WorkingDirectory = arguments.PlainChild });
        ProcessTree.Configure(new SupervisorOptions { Containment = arguments.Containment, AnswerTimeout = arguments.AnswerTimeout });
        while (await Console.In.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["return"]:
                    return ReturnCode;
                case ["throw"]:
                    throw new InvalidOperationException("It was told to.");
                case var command:
                    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(await AnswerAsync(command)));
                    break;
            }
        }

        return 0;
    }

    private async Task<object> AnswerAsync(string[] command)
    {
        try
        {
            return command switch
            {
                ["status"] => ProcessTree.Status,
                ["containment"] => new { Containment = ProcessTree.Containment.ToString() },
                ["sweep"] => Sweep(),
                ["start", .. var children] => children.ToDictionary(child => child, Start),
                ["stop", .. var names] => await AllAsync(names, StopAsync),
                ["cancel", .. var names] => await AllAsync(names, CancelAsync),
                ["dispose", .. var names] => await AllAsync(names, DisposeAsync),
                ["exit", .. var names] => await AllAsync(names, WaitAsync),
                ["run", .. var child] => await RunAsync(child),
                _ => new { Failure = $"There is no command '{command[0]}'." },
            };
        }
        catch (Exception e) // whatever it is, the test sees it
        {
            return new { Failure = $"{e.GetType().Name}: {e.Message}" };
        }
    }

    private static ProcessTreeStatus Sweep()
    {
        ProcessTree.Start();
        return ProcessTree.Status;
    }

    private int Start(string text)
    {
        var child = ChildArguments.Parse(text);
        var start = child.Command == "nested"
            ? Nested(child)
            : Misbehaving.Child(Directory.CreateDirectory(Path.Combine(arguments.Folder, child.Directory)).FullName, [child.Command, .. child.Arguments]);
        var process = SupervisedProcess.Start(start, new SupervisionOptions { StopGracePeriod = arguments.GracePeriod, KeepDescendants = child.KeepsDescendants });
        _children.Add(child.Directory, process);
        if (child.Command == "nested")
        {
            process.StandardInput.WriteLine($"start {string.Join(' ', child.Arguments)}");
            process.StandardInput.Flush();
        }

        return process.Id;
    }

    // An owner in the care of this one, with children of its own.
    private ProcessStartInfo Nested(ChildArguments child)
    {
        var folder = Directory.CreateDirectory(Path.Combine(arguments.Folder, child.Directory)).FullName;
        string[] command =
        [
            Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "owner", arguments.Containment.ToString(), folder,
            Milliseconds(arguments.AnswerTimeout), Milliseconds(arguments.GracePeriod),
        ];
        return new ProcessStartInfo(Environment.ProcessPath!, command)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
    }

    private async Task<object> RunAsync(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = arguments.Folder };
        var result = await SupervisedProcess.RunAsync(start, new SupervisionOptions { StopGracePeriod = arguments.GracePeriod });
        return new { result.Exit.ExitCode, Output = result.StandardOutput, Error = result.StandardError };
    }

    private async Task<Dictionary<string, string>> AllAsync(string[] names, Func<SupervisedProcess, Task<string>> act)
    {
        var ended = (names is [] ? [.. _children.Keys] : names).Select(async name => (Name: name, End: await act(_children[name])));
        return (await Task.WhenAll(ended)).ToDictionary(child => child.Name, child => child.End);
    }

    private static async Task<string> StopAsync(SupervisedProcess child) => (await child.StopAsync()).ToString();

    private static async Task<string> CancelAsync(SupervisedProcess child)
    {
        using var cancelled = new CancellationTokenSource();
        var wait = child.WaitForExitAsync(cancelled.Token);
        await cancelled.CancelAsync();
        try
        {
            await wait;
            return "not cancelled";
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
    }

    private static Task<string> DisposeAsync(SupervisedProcess child)
    {
        child.Dispose();
        return Task.FromResult("disposed");
    }

    private static async Task<string> WaitAsync(SupervisedProcess child)
    {
        await child.WaitForExitAsync();
        return child.Exit.ToString()!;
    }

    private static string Milliseconds(TimeSpan time) => ((int)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
