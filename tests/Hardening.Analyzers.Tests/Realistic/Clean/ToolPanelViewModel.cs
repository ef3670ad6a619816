using System;
using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Desktop.Tools;

/// <summary>The panel in which a user runs a tool: its lines appear while it runs, and Cancel ends it.</summary>
public sealed class ToolPanelViewModel : INotifyPropertyChanged, IDisposable
{
    private const int MostLines = 1_000;

    private readonly SynchronizationContext _window;
    private CancellationTokenSource? _running;
    private string _state = "";

    public ToolPanelViewModel(SynchronizationContext window) => _window = window;

    public event PropertyChangedEventHandler? PropertyChanged;

    public ObservableCollection<string> Lines { get; } = [];

    public string State
    {
        get => _state;
        private set
        {
            _state = value;
            Changed();
        }
    }

    public void Cancel() => _running?.Cancel();

    public async Task RunAsync(string tool, params string[] arguments)
    {
        Cancel();
        using var running = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        _running = running;
        State = "running";
        try
        {
            State = $"ended with {await RunAsync(new ProcessStartInfo(tool, arguments), running.Token)}";
        }
        catch (OperationCanceledException)
        {
            State = "cancelled";
        }
        catch (Win32Exception failure)
        {
            State = failure.Message;
        }
        finally
        {
            Interlocked.CompareExchange(ref _running, null, running);
        }
    }

    public void Dispose() => Cancel();

    private async Task<int> RunAsync(ProcessStartInfo info, CancellationToken token)
    {
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        using var process = new Process();
        process.StartInfo = info;
        process.OutputDataReceived += OnLine;
        process.ErrorDataReceived += OnLine;
        process.Start();
        await using var ending = token.Register(static state => ((Process)state!).Kill(entireProcessTree: true), process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(token);
        return process.ExitCode;
    }

    private void OnLine(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is { } line)
        {
            _window.Post(_ => Add(line), null);
        }
    }

    private void Add(string line)
    {
        if (Lines.Count == MostLines)
        {
            Lines.RemoveAt(0);
        }

        Lines.Add(line);
    }

    private void Changed([CallerMemberName] string? name = null) => PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(name));
}
