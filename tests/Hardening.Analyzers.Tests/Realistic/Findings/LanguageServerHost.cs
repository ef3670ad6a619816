using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Editor.Languages;

public sealed record ServerSettings(string Language, string Command, IReadOnlyList<string> Arguments);

/// <summary>Runs the language server of one language and sends it requests.</summary>
public sealed class LanguageServerHost(ServerSettings settings)
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Process? _server;
    private int _restarts;
    private int _number;

    public event EventHandler? Ended;

    public int Restarts => _restarts;

    public void Start()
    {
        var info = new ProcessStartInfo(settings.Command, settings.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        var server = Process.Start(info) ?? throw new InvalidOperationException($"{settings.Command} did not start."); // HRD3002
        server.Exited += OnExited; // HRD3010
        _server = server;
    }

    public async Task<int> SendAsync(string method, string body, CancellationToken token)
    {
        var server = _server ?? throw new InvalidOperationException("Start first.");
        await _writing.WaitAsync(token);
        try
        {
            var number = ++_number;
            var text = $$"""{"jsonrpc":"2.0","id":{{number}},"method":"{{method}}","params":{{body}}}""";
            await server.StandardInput.WriteAsync($"Content-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n{text}".AsMemory(), token);
            await server.StandardInput.FlushAsync(token);
            return number;
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<string?> ReadHeaderAsync(CancellationToken token)
    {
        var server = _server ?? throw new InvalidOperationException("Start first.");
        return await server.StandardOutput.ReadLineAsync(token);
    }

    public async Task<bool> CheckAsync(string file, CancellationToken token)
    {
        var info = new ProcessStartInfo(settings.Command) { ArgumentList = { "--check", file } };
        using var check = Process.Start(info) ?? throw new InvalidOperationException("The check did not start.");
        await check.WaitForExitAsync(token); // HRD3005
        return check.ExitCode == 0;
    }

    private void OnExited(object? sender, EventArgs e)
    {
        Interlocked.Increment(ref _restarts);
        Ended?.Invoke(this, EventArgs.Empty);
    }
}

public static class ServerLog
{
    public static void Append(string folder, string language, string text)
    {
        var file = Path.Combine(folder, $"{language}.log");
        using var writer = new StreamWriter(file, append: true, Encoding.UTF8);
        writer.WriteLine($"{DateTime.UtcNow:O} {text}");
    }
}
