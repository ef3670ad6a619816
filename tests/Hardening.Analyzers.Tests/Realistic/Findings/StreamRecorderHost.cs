using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;

namespace Media.Recording
{
    public sealed record Channel(string Name, string Address);

    /// <summary>One recorder for each channel, from the start of the service to its end.</summary>
    public sealed class StreamRecorderHost(Channel channel, string folder) : IHostedService, IAsyncDisposable
    {
        private Process? _recorder;

        public bool IsRecording => _recorder is { HasExited: false };

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var info = new ProcessStartInfo("ffmpeg")
            {
                ArgumentList = { "-i", channel.Address, "-c", "copy", "-f", "segment", Path.Combine(folder, channel.Name + "-%05d.ts") },
            };
            _recorder = Process.Start(info); // HRD3013
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_recorder is { HasExited: false } recorder)
            {
                recorder.Kill(entireProcessTree: true);
                await recorder.WaitForExitAsync(cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync(CancellationToken.None);
            _recorder?.Dispose();
        }
    }

    public sealed class Thumbnails
    {
        private readonly ConcurrentDictionary<string, string> _pictures = new(StringComparer.Ordinal);

        public async Task<string> PictureAsync(string segment, CancellationToken token)
        {
            if (_pictures.TryGetValue(segment, out var known))
            {
                return known;
            }

            var picture = Path.ChangeExtension(segment, ".jpg");
            using var ffmpeg = Process.Start("ffmpeg", ["-y", "-i", segment, "-frames:v", "1", picture]);
            await using var ending = token.Register(() => ffmpeg.Kill(entireProcessTree: true));
            await ffmpeg.WaitForExitAsync(token);
            return _pictures[segment] = picture;
        }
    }
}

// === SupervisedProcess.cs ===
namespace Hardening.Processes
{
    using System;
    using System.Diagnostics;
    using System.Threading;
    using System.Threading.Tasks;

    public sealed class SupervisedProcess : IAsyncDisposable, IDisposable
    {
        public bool HasExited => true;

        public int ExitCode => 0;

        public static SupervisedProcess Start(ProcessStartInfo info) => new();

        public Task StopAsync(CancellationToken token = default) => Task.CompletedTask;

        public Task WaitForExitAsync(CancellationToken token = default) => Task.CompletedTask;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
