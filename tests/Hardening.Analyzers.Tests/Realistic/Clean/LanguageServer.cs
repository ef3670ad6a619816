using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Editor.Protocol;

/// <summary>A language server behind its two pipes; its third, the errors, goes to our own.</summary>
public sealed class LanguageServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Process _process;
    private readonly Task _reading;
    private int _number;

    public LanguageServer(string command, params string[] arguments)
    {
        var info = new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(info) ?? throw new IOException($"{command} did not start.");
        _reading = ReadAsync(_stop.Token);
    }

    public async Task<JsonElement> AskAsync(string method, object parameters, CancellationToken token)
    {
        var number = Interlocked.Increment(ref _number);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = answer;
        try
        {
            await SendAsync(new { jsonrpc = "2.0", id = number, method, @params = parameters }, token);
            return await answer.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
        }
        finally
        {
            _waiting.TryRemove(number, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await AskAsync("shutdown", new { }, patience.Token);
            await SendAsync(new { jsonrpc = "2.0", method = "exit" }, patience.Token);
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        }

        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
        _stop.Dispose();
        _writing.Dispose();
    }

    private async Task SendAsync(object message, CancellationToken token)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message);
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n"));
        await _writing.WaitAsync(token);
        try
        {
            var pipe = _process.StandardInput.BaseStream;
            await pipe.WriteAsync(header, token);
            await pipe.WriteAsync(body, token);
            await pipe.FlushAsync(token);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync(CancellationToken token)
    {
        while (await _process.StandardOutput.ReadLineAsync(token) is { } header)
        {
            var length = int.Parse(header.AsSpan("Content-Length: ".Length), CultureInfo.InvariantCulture);
            await _process.StandardOutput.ReadLineAsync(token);
            var body = new char[length];
            await _process.StandardOutput.ReadBlockAsync(body, token);
            using var message = JsonDocument.Parse(body);
            if (message.RootElement.TryGetProperty("id", out var id) && _waiting.TryRemove(id.GetInt32(), out var answer))
            {
                answer.TrySetResult(message.RootElement.GetProperty("result").Clone());
            }
        }
    }
}
