using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>
/// A GigE Vision camera in this process, for what Debian's simulator cannot do: packet resend, test packets, chunk data, triggers, PTP, refusals, and control that is
/// taken away. It speaks GVCP on one thread, and GVSP on another. What goes wrong is turned with <see cref="Faults"/>.
/// </summary>
internal sealed class GvCamera : IDisposable
{
    private const int ControlPort = 3956;
    private const ushort InvalidAddress = 0x8003;
    private const ushort WriteProtected = 0x8004;
    private const ushort AccessDenied = 0x8006;
    private const ushort NotImplemented = 0x8001;
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();           // the registers, and who has control
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly ManualResetEventSlim _thawed = new(initialState: true);
    private GvMemory? _memory;
    private GvStreamer? _streamer;
    private Socket? _socket;
    private Thread? _thread;
    private IPEndPoint? _controller;
    private long _lastSign;
    private Action? _afterwards;                   // what a request makes it send besides its answer
    private volatile bool _isOver;
    private long _deniedWrites;
    private long _resentBefore;

    private GvCamera(IPAddress address, GvCameraOptions options) => (Address, Options) = (address, options);

    public IPAddress Address { get; }

    public GvCameraOptions Options { get; }

    public GvFaults Faults { get; } = new();

    public string Serial => Options.Serial;

    public bool IsAcquiring => _streamer?.IsAcquiring ?? false;

    public bool IsControlled
    {
        get
        {
            lock (_gate)
            {
                return _controller is not null;
            }
        }
    }

    /// <summary>Frames that were sent, whole or with losses, since it was switched on.</summary>
    public long SentFrames => _streamer?.SentFrames ?? 0;

    public long ResentPackets => _resentBefore + (_streamer?.ResentPackets ?? 0);

    /// <summary>Writes of those who had no control.</summary>
    public long DeniedWrites => Interlocked.Read(ref _deniedWrites);

    /// <summary>A camera that is switched on.</summary>
    /// <param name="address">An address of this machine that no other camera has.</param>
    public static GvCamera Start(IPAddress address, GvCameraOptions? options = null)
    {
        var camera = new GvCamera(address, options ?? new GvCameraOptions());
        camera.PowerOn();
        return camera;
    }

    public void PowerOn()
    {
        _isOver = false;
        _controller = null;
        _memory = new GvMemory(Options, Address);
        _streamer = new GvStreamer(Address, _memory, _gate, Options, Faults);
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 50 };
        _socket.Bind(new IPEndPoint(Address, ControlPort));
        _thread = new Thread(Run) { Name = $"gv/control {Address}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>A power failure: nothing of its state is left, and nobody is told.</summary>
    public void PowerOff()
    {
        _isOver = true;
        Thaw();
        _resentBefore = ResentPackets;
        _streamer?.Dispose();
        _thread?.Join(JoinLimit);
        _socket?.Dispose();
        (_streamer, _thread, _socket) = (null, null, null);
    }

    /// <summary>It neither answers nor sends, and forgets nothing, until <see cref="Thaw"/>; what it is asked meanwhile it answers then.</summary>
    public void Freeze()
    {
        _thawed.Reset();
        _streamer!.IsFrozen = true;
    }

    public void Thaw()
    {
        if (_streamer is { } streamer)
        {
            streamer.IsFrozen = false;
        }

        _thawed.Set();
    }

    /// <summary>Takes control away from whoever has it, as a heartbeat does that was missed.</summary>
    public void RevokeControl()
    {
        lock (_gate)
        {
            LoseControl();
        }
    }

    /// <summary>An edge on the line that triggers, where the camera is set to it.</summary>
    public void FireLine() => _streamer!.Trigger();

    public void SetPtpStatus(GvPtpStatus status)
    {
        lock (_gate)
        {
            _memory![GvRegister.PtpStatus] = (uint)status;
        }
    }

    public void SetLines(uint status)
    {
        lock (_gate)
        {
            _memory![GvRegister.LineStatus] = status;
        }
    }

    public uint ReadRegister(int address)
    {
        lock (_gate)
        {
            return _memory![address];
        }
    }

    public void Dispose()
    {
        PowerOff();
        _thawed.Dispose();
    }

    private void Run()
    {
        var request = new byte[2048];
        var answer = new byte[2048];
        EndPoint any = new IPEndPoint(IPAddress.Any, 0);
        while (!_isOver)
        {
            var from = any;
            var length = 0;
            try
            {
                length = _socket!.ReceiveFrom(request, ref from);
            }
            catch (SocketException)
            {
                // nothing was asked, or nobody waited for the last answer
            }

            while (!_isOver && !_thawed.Wait(TimeSpan.FromMilliseconds(50)))
            {
                // frozen
            }

            var answerLength = 0;
            lock (_gate)
            {
                if (_controller is not null && _time.GetElapsedTime(_lastSign) > TimeSpan.FromMilliseconds(_memory![GvRegister.HeartbeatTimeout]) && length == 0)
                {
                    LoseControl();
                }

                if (length >= 8 && request[0] == 0x42 && !_isOver)
                {
                    answerLength = Answer(request.AsSpan(0, length), answer, (IPEndPoint)from);
                }
            }

            _afterwards?.Invoke();
            _afterwards = null;
            if (answerLength > 0 && (request[1] & 1) != 0)
            {
                try
                {
                    _socket!.SendTo(answer.AsSpan(0, answerLength), from);
                }
                catch (SocketException)
                {
                    // gone meanwhile
                }
            }
        }
    }

    // Under the gate.
    private int Answer(ReadOnlySpan<byte> request, Span<byte> answer, IPEndPoint from)
    {
        var command = BinaryPrimitives.ReadUInt16BigEndian(request[2..]);
        var data = request[8..];
        var body = answer[8..];
        if (from.Equals(_controller))
        {
            _lastSign = _time.GetTimestamp();
        }

        var (status, length) = command switch
        {
            0x0002 => Copy(_memory!.Read(0, GvRegister.DiscoveryBytes), body),
            0x0040 => Resend(data),
            0x0080 => ReadRegisters(data, body),
            0x0082 => WriteRegisters(data, body, from),
            0x0084 => ReadMemory(data, body),
            0x0086 => WriteMemory(data, body, from),
            _ => (NotImplemented, 0),
        };
        BinaryPrimitives.WriteUInt16BigEndian(answer, status);
        BinaryPrimitives.WriteUInt16BigEndian(answer[2..], (ushort)(command + 1));
        BinaryPrimitives.WriteUInt16BigEndian(answer[4..], (ushort)length);
        request.Slice(6, 2).CopyTo(answer[6..]);
        return command == 0x0040 ? 0 : 8 + length;
    }

    private static (ushort Status, int Length) Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return (0, from.Length);
    }

    private (ushort Status, int Length) Resend(ReadOnlySpan<byte> data)
    {
        if (Options.CanResend && data.Length >= 12)
        {
            var id = Options.HasExtendedIds && data.Length >= 20 ? BinaryPrimitives.ReadUInt64BigEndian(data[12..]) : BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
            var (first, last) = ((int)(BinaryPrimitives.ReadUInt32BigEndian(data[4..]) & 0xff_ffff), (int)(BinaryPrimitives.ReadUInt32BigEndian(data[8..]) & 0xff_ffff));
            _afterwards = () => _streamer!.Resend(id, first, last);
        }

        return (0, 0);
    }

    private (ushort Status, int Length) ReadRegisters(ReadOnlySpan<byte> data, Span<byte> body)
    {
        for (var at = 0; at + 4 <= data.Length; at += 4)
        {
            var address = (int)BinaryPrimitives.ReadUInt32BigEndian(data[at..]);
            if (!IsWithin(address, 4))
            {
                return (InvalidAddress, at);
            }

            _memory!.Read(address, 4).CopyTo(body[at..]);
        }

        return (0, data.Length & ~3);
    }

    private (ushort Status, int Length) ReadMemory(ReadOnlySpan<byte> data, Span<byte> body)
    {
        var (address, count) = ((int)BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt16BigEndian(data[6..]));
        if (!IsWithin(address, count) || count > 536)
        {
            return (InvalidAddress, 0);
        }

        data[..4].CopyTo(body);
        _memory!.Read(address, count).CopyTo(body[4..]);
        return (0, 4 + count);
    }

    private (ushort Status, int Length) WriteRegisters(ReadOnlySpan<byte> data, Span<byte> body, IPEndPoint from)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body, 0);
        for (var at = 0; at + 8 <= data.Length; at += 8)
        {
            var address = (int)BinaryPrimitives.ReadUInt32BigEndian(data[at..]);
            if (Write(address, data.Slice(at + 4, 4), from) is not 0 and var refused)
            {
                return (refused, 4);
            }

            BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)((at / 8) + 1));
        }

        return (0, 4);
    }

    private (ushort Status, int Length) WriteMemory(ReadOnlySpan<byte> data, Span<byte> body, IPEndPoint from)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body, 0);
        return (Write((int)BinaryPrimitives.ReadUInt32BigEndian(data), data[4..], from), 4);
    }

    private ushort Write(int address, ReadOnlySpan<byte> value, IPEndPoint from)
    {
        if (!IsWithin(address, value.Length) || address >= GvRegister.Xml)
        {
            return InvalidAddress;
        }

        var isController = from.Equals(_controller);
        if (!isController && (_controller is not null || address != GvRegister.Control))
        {
            Interlocked.Increment(ref _deniedWrites);
            return AccessDenied;
        }

        if (address == GvRegister.WriteProtected)
        {
            return WriteProtected;
        }

        _memory!.Write(address, value);
        switch (address)
        {
            case GvRegister.Control when (_memory[address] & 3) == 0:
                LoseControl();
                break;
            case GvRegister.Control:
                (_controller, _lastSign) = (from, _time.GetTimestamp());
                break;
            case GvRegister.StreamPacketSize when (_memory[address] & 0x8000_0000) != 0:
                _memory[address] &= 0x7fff_ffff;
                if (Options.CanFireTestPackets)
                {
                    _afterwards = _streamer!.FireTestPacket;
                }

                break;
            case GvRegister.AcquisitionStart:
                _streamer!.Start(_memory[GvRegister.AcquisitionMode] switch { 0 => 0, 1 => 1, _ => (int)_memory[GvRegister.AcquisitionFrameCount] });
                break;
            case GvRegister.AcquisitionStop:
                _streamer!.Stop();
                break;
            case GvRegister.TriggerSoftware when _memory[GvRegister.TriggerSource] == 0:
                _streamer!.Trigger();
                break;
        }

        return 0;
    }

    private void LoseControl()
    {
        _controller = null;
        _streamer?.Stop();
        _memory![GvRegister.Control] = 0;
        _memory[GvRegister.StreamPort] = 0;
    }

    private bool IsWithin(int address, int count) => address >= 0 && address + count <= _memory!.Length;
}
