using System.Net;
using System.Net.Sockets;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>The sending half of a simulated camera: exposes frames on its own thread, and keeps the last ones for those who missed packets.</summary>
internal sealed class GvStreamer : IDisposable
{
    private const int Kept = 16;
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(20);

    private readonly Lock _memoryGate;
    private readonly GvMemory _memory;
    private readonly GvCameraOptions _options;
    private readonly GvFaults _faults;
    private readonly GvFrame?[] _kept = new GvFrame?[Kept];
    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _triggers = new(0);
    private readonly ManualResetEventSlim _changed = new();
    private readonly byte[] _packet = new byte[65_536]; // of the stream's thread
    private readonly byte[] _answer = new byte[65_536]; // of the thread that controls
    private readonly Random _random = new(20_26);
    private readonly TimeProvider _time = TimeProvider.System;
    private ulong _next;
    private int _framesLeft;
    private volatile bool _isAcquiring;
    private volatile bool _isFrozen;
    private volatile bool _isOver;
    private long _sentFrames;
    private long _resentPackets;

    public GvStreamer(IPAddress address, GvMemory memory, Lock memoryGate, GvCameraOptions options, GvFaults faults)
    {
        (_memory, _memoryGate, _options, _faults, _next) = (memory, memoryGate, options, faults, options.FirstFrame);
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 4 << 20 };
        _socket.Bind(new IPEndPoint(address, 0));
        memory[GvRegister.StreamSourcePort] = (uint)((IPEndPoint)_socket.LocalEndPoint!).Port;
        _thread = new Thread(Run) { Name = $"gv/stream {address}", IsBackground = true };
        _thread.Start();
    }

    public bool IsAcquiring => _isAcquiring;

    public bool IsFrozen
    {
        set
        {
            _isFrozen = value;
            _changed.Set();
        }
    }

    public long SentFrames => Interlocked.Read(ref _sentFrames);

    public long ResentPackets => Interlocked.Read(ref _resentPackets);

    public void Start(int frames)
    {
        while (_triggers.Wait(0))
        {
            // those from before count no more
        }

        (_framesLeft, _isAcquiring) = (frames, true);
        _changed.Set();
    }

    public void Stop()
    {
        _isAcquiring = false;
        _changed.Set();
    }

    public void Trigger() => _triggers.Release();

    /// <summary>Sends packets of a frame once more, or says that they are gone.</summary>
    public void Resend(ulong id, int first, int last)
    {
        var frame = Array.Find(_kept, kept => kept?.Id == id);
        for (var packet = first; packet <= Math.Min(last, first + 1000); packet++)
        {
            var length = frame?.Write(packet, _answer) ?? 0;
            Send(_answer, length > 0 ? length : GvFrame.WriteUnavailable(id, packet, _options.HasExtendedIds, _answer));
            Interlocked.Increment(ref _resentPackets);
        }
    }

    /// <summary>Sends a packet of the size that is set, for the client to see whether it arrives.</summary>
    public void FireTestPacket()
    {
        var size = Math.Max(_memory.PacketSize - 28, 8);
        _answer.AsSpan(0, size).Clear();
        Send(_answer, size);
    }

    public void Dispose()
    {
        _isOver = true;
        _changed.Set();
        if (_thread.Join(JoinLimit))
        {
            _changed.Dispose();
            _triggers.Dispose();
        }

        _socket.Dispose();
    }

    private void Run()
    {
        var due = _time.GetTimestamp();
        while (!_isOver)
        {
            _changed.Reset();
            if (!_isAcquiring || _isFrozen)
            {
                _changed.Wait(TimeSpan.FromSeconds(1));
                due = _time.GetTimestamp();
                continue;
            }

            if (_memory[GvRegister.TriggerMode] != 0)
            {
                if (!_triggers.Wait(TimeSpan.FromMilliseconds(20)))
                {
                    continue;
                }
            }
            else
            {
                due += (long)(_time.TimestampFrequency / _memory.Double(GvRegister.FrameRate));
                var ahead = _time.GetElapsedTime(_time.GetTimestamp(), due);
                if (ahead < TimeSpan.FromMilliseconds(-100))
                {
                    due = _time.GetTimestamp(); // too late to catch up: a real one would have exposed in time
                }
                else if (ahead > TimeSpan.Zero && _changed.Wait(ahead))
                {
                    due -= (long)(_time.TimestampFrequency / _memory.Double(GvRegister.FrameRate));
                    continue;
                }
            }

            Expose();
        }
    }

    private void Expose()
    {
        GvFrame frame;
        lock (_memoryGate)
        {
            frame = new GvFrame(_next, _memory, _options, _faults.ChunkLengthError);
        }

        _next = !_options.HasExtendedIds && _next == 65_535 ? 1 : _next + 1;
        if (_faults.SkipFrames > 0)
        {
            _faults.SkipFrames--;
            return;
        }

        _kept[frame.Id % Kept] = frame;
        if (!_faults.IsSilent)
        {
            Send(frame);
            Interlocked.Increment(ref _sentFrames);
        }

        if (_framesLeft > 0 && --_framesLeft == 0)
        {
            _isAcquiring = false;
        }
    }

    private void Send(GvFrame frame)
    {
        var delayed = -1;
        for (var packet = 0; packet < frame.Packets && _isAcquiring && !_isOver; packet++)
        {
            if (Strikes(_faults.LostPerThousand))
            {
                continue;
            }

            if (delayed < 0 && Strikes(_faults.SwappedPerThousand))
            {
                delayed = packet;
                continue;
            }

            Send(_packet, frame.Write(packet, _packet));
            if (Strikes(_faults.DuplicatedPerThousand))
            {
                Send(_packet, frame.Write(packet, _packet));
            }

            if (delayed >= 0)
            {
                Send(_packet, frame.Write(delayed, _packet));
                delayed = -1;
            }
        }

        if (delayed >= 0)
        {
            Send(_packet, frame.Write(delayed, _packet));
        }
    }

    private bool Strikes(int perThousand) => perThousand > 0 && _random.Next(1000) < perThousand;

    private void Send(byte[] packet, int length)
    {
        var port = (int)(_memory[GvRegister.StreamPort] & 0xffff);
        if (port == 0 || length + 28 > _faults.Mtu)
        {
            return;
        }

        try
        {
            Span<byte> address = stackalloc byte[4];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(address, _memory[GvRegister.StreamDestination]);
            _socket.SendTo(packet.AsSpan(0, length), new IPEndPoint(new IPAddress(address), port));
        }
        catch (SocketException)
        {
            // nobody listens there any more, as on a wire
        }
        catch (ObjectDisposedException) when (_isOver)
        {
            // switched off meanwhile
        }
    }
}
