using System.Net.Sockets;
using Hardening.Interop;
using Hardening.Stalls.Protocol;
using Microsoft.Extensions.Logging;

namespace Hardening.Stalls;

/// <summary>
/// The application's end of the line to its witness, on a thread of its own: the thread pool may be starved. It greets each witness that is started, passes answers on, and lets the witness know that a thread runs.
/// </summary>
internal sealed class WitnessLine : IDisposable
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan GreetingLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NoteLimit = TimeSpan.FromSeconds(5); // for the start of a process to be noted
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly WitnessOptions _options;
    private readonly Func<int?> _witnessId;
    private readonly ILogger _logger;
    private readonly Action<WitnessFreeze> _onFreeze;
    private readonly int _target;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ManualResetEventSlim _isReady = new();
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private WitnessWire? _wire; // of a witness that is ready
    private PendingAnswer? _pending;
    private volatile bool _isStopping;

    /// <param name="options">What the witness is told.</param>
    /// <param name="witnessId">The process that may be at the other end; null while none runs.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="onFreeze">Gets what the witness saw by itself, on the line's thread.</param>
    /// <param name="target">The process that it looks at; 0 for this one.</param>
    public WitnessLine(WitnessOptions options, Func<int?> witnessId, ILogger logger, Action<WitnessFreeze> onFreeze, int target = 0)
    {
        (_options, _witnessId, _logger, _onFreeze, _target) = (options, witnessId, logger, onFreeze, target);
        _listener.Bind(new UnixDomainSocketEndPoint("\0" + Address)); // no file: it is gone with the application
        _listener.Listen();
        _thread = new Thread(Run) { Name = "stall-witness", IsBackground = true };
        _thread.Start();
    }

    public string Address { get; } = $"hardening-witness-{Guid.NewGuid():N}";

    public bool IsReady => _isReady.IsSet;

    /// <summary>The witness is about to be ended: that is no loss.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Waits until there is a witness that is ready.</summary>
    public bool AwaitReady(TimeSpan limit, CancellationToken cancellationToken) => _isReady.Wait(limit, cancellationToken);

    /// <summary>Asks, and waits for the answer. One call at a time.</summary>
    /// <returns>Null when there is no witness, or none any more.</returns>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public WitnessAnswer? Ask(WitnessRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var pending = new PendingAnswer(request.Number);
        WitnessWire? wire;
        lock (_gate)
        {
            wire = _wire;
            _pending = pending;
        }

        try
        {
            wire?.Send(new WitnessMessage { Request = request });
            return wire is null ? null : pending.Wait(limit, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null; // it has just ended; the line's thread tells
        }
        finally
        {
            lock (_gate)
            {
                _pending = null;
            }
        }
    }

    /// <summary>Ends the line, and the witness by that.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _ = _thread.Join(EndLimit);
        _listener.Dispose();
        _isReady.Dispose();
    }

    private void Run()
    {
        while (!_isStopping)
        {
            try
            {
                if (_listener.Poll(TickEvery, SelectMode.SelectRead))
                {
                    using var socket = _listener.Accept();
                    Serve(socket);
                }
            }
            catch (Exception e) when (e is SocketException or InvalidDataException)
            {
                _logger.LineBroken(e.Message);
            }
        }
    }

    private void Serve(Socket socket)
    {
        var peer = Libc.PeerOf(socket);
        if (!IsOurs(peer))
        {
            _logger.StrangerRefused(peer);
            return;
        }

        using var wire = new WitnessWire(socket);
        if (!wire.TryReceive(GreetingLimit, out var greeting) || greeting?.Hello is not { } hello)
        {
            throw new InvalidDataException($"Witness {peer} did not greet.");
        }

        if (hello.Version != WitnessMessage.ProtocolVersion)
        {
            throw new InvalidDataException($"Witness {peer} speaks version {hello.Version} of the protocol, the application version {WitnessMessage.ProtocolVersion}: they are of two packages.");
        }

        Libc.AllowTracer(peer);
        wire.Send(new WitnessMessage
        {
            Welcome = new WitnessWelcome(
                WitnessMessage.ProtocolVersion, Environment.ProcessId, _options.MaxThreads, _options.MaxFrames, (int)_options.WalkLimit.TotalMilliseconds, _options.UseSampleProfiler,
                (int)(_options.FrozenAfter?.TotalMilliseconds ?? 0), _options.WillDirectory, _target),
        });
        try
        {
            while (!_isStopping && wire.TryReceive(TickEvery, out var message))
            {
                Take(message, wire, peer);
                wire.SendTick();
            }
        }
        finally
        {
            Close(peer);
        }
    }

    private void Take(WitnessMessage? message, WitnessWire wire, int peer)
    {
        if (message?.Ready is { } ready)
        {
            lock (_gate)
            {
                _wire = wire;
            }

            _isReady.Set();
            _logger.Ready(peer, ready.Took);
            if (ready.Missing is { } missing)
            {
                _logger.Impaired(missing);
            }
        }

        if (message?.Freeze is { } freeze)
        {
            _onFreeze(freeze);
        }

        if (message?.Answer is { } answer)
        {
            lock (_gate)
            {
                _pending?.Complete(answer);
            }
        }
    }

    private void Close(int peer)
    {
        _isReady.Reset();
        lock (_gate)
        {
            _wire = null;
            _pending?.Complete(answer: null);
        }

        if (!_isStopping && !IsEnding)
        {
            _logger.WitnessLost(peer);
        }
    }

    // It may connect before its start has been noted.
    private bool IsOurs(int peer)
    {
        _ = SpinWait.SpinUntil(() => _isStopping || _witnessId() is not null, NoteLimit);
        return !_isStopping && _witnessId() == peer;
    }

    /// <summary>An answer that is waited for.</summary>
    private sealed class PendingAnswer(int number) : IDisposable
    {
        private readonly ManualResetEventSlim _isThere = new();
        private WitnessAnswer? _answer;

        // An answer to an earlier question comes late, and is dropped. Called under the line's lock, like the end of the wait: it is not disposed meanwhile.
        public void Complete(WitnessAnswer? answer)
        {
            if (answer is null || answer.Number == number)
            {
                _answer = answer;
                _isThere.Set();
            }
        }

        public WitnessAnswer? Wait(TimeSpan limit, CancellationToken cancellationToken) => _isThere.Wait(limit, cancellationToken) ? _answer : throw new TimeoutException();

        public void Dispose() => _isThere.Dispose();
    }
}
