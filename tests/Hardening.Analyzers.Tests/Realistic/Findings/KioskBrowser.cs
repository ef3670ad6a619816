using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Kiosk.Browser;

/// <summary>What the service window of a kiosk shows: it starts the browser in full screen and ends it.</summary>
public sealed class KioskBrowserViewModel(HttpClient http, string browser) : INotifyPropertyChanged
{
    private string _state = "stopped";
    private string _page = "https://kiosk.example.com";
    private Process? _window;

    public event PropertyChangedEventHandler? PropertyChanged;

    public string State
    {
        get => _state;
        private set => Set(ref _state, value);
    }

    public string Page
    {
        get => _page;
        set => Set(ref _page, value);
    }

    public async Task<bool> TryPageAsync(CancellationToken token)
    {
        var profile = Directory.CreateTempSubdirectory("kiosk");
        using var trial = Process.Start(browser, ["--headless", "--remote-debugging-port=9222", $"--user-data-dir={profile.FullName}", Page]); // HRD3002
        await Task.Delay(TimeSpan.FromSeconds(3), token);
        using var answer = await http.GetAsync("http://localhost:9222/json", token);
        if (!answer.IsSuccessStatusCode)
        {
            return false;
        }

        State = "tried";
        trial.Kill(entireProcessTree: true);
        return trial.WaitForExit(0);
    }

    public void Open()
    {
        var window = Process.Start(new ProcessStartInfo(browser, $"--kiosk {Page}")); // HRD3012
        if (window is null)
        {
            State = "failed";
            return;
        }

        window.Exited += (_, _) => State = "ended"; // HRD3010
        _window = window;
        State = "running";
    }

    public void Reload()
    {
        if (_window is { HasExited: false } window)
        {
            window.Refresh();
            State = window.Responding ? "running" : "hangs";
        }
    }

    public static string Version(string browser)
    {
        using var process = Process.Start(new ProcessStartInfo(browser, "--version") { RedirectStandardOutput = true })!;
        var version = process.StandardOutput.ReadLine();
        process.Kill(); // HRD3003
        return version ?? "unknown";
    }

    private void Set<T>(ref T field, T value, [CallerMemberName] string? name = null)
    {
        field = value;
        PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(name));
    }
}
