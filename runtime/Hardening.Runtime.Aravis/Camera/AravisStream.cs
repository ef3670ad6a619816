using System.Net;
using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>
/// A running stream into the slots of a pool. Each slot that the driver fills has one native buffer object around its memory, made when the slot is
/// first used and reused from then on. Its one reference passes to the driver with the push and comes back with the pop.
/// </summary>
/// <remarks>One thread at a time, but for <see cref="ReadCounters"/>, which only reads, and must not run beside <see cref="Dispose"/>.</remarks>
internal sealed partial class AravisStream : IDisposable
{
    private const int PacketHeaderBytes = 36; // IP, UDP, GVSP

    private readonly AravisDevice _device;
    private readonly FramePool _pool;
    private readonly FrameFormat _format;
    private readonly FrameInfo _template;
    private readonly string _holder;
    private readonly GObjectHandle _stream;
    private readonly nint[] _buffers;        // by slot; 0 until the slot is first used
    private readonly FrameBuffer[] _filling; // by slot; empty unless the slot is ours to fill
    private readonly bool[] _isQueued;       // by slot: whether the driver has the reference on the buffer
    private readonly FrameMetadata[]? _metadata; // by slot; null when no values come with frames
    private readonly IPEndPoint? _local;
    private readonly int _framePackets;
    private FrameNumbers _numbers;
    private UnderrunFrames _underruns;

    /// <summary>Makes the stream, whose thread waits for packets at once. The camera sends none until <see cref="Begin"/>.</summary>
    /// <exception cref="AravisException">The device refuses.</exception>
    public AravisStream(AravisDevice device, FramePool pool, in FrameFormat format, AravisFrameSourceOptions options, IPAddress local)
    {
        (_device, _pool, _format) = (device, pool, format);
        _holder = options.Name + "/driver";
        _template = new FrameInfo
        {
            Camera = options.Name,
            Sequence = 0,
            HostTimestamp = 0,
            Width = format.Width,
            Height = format.Height,
            Stride = format.PixelFormat.RowBytes(format.Width),
            Length = format.PixelFormat.RowBytes(format.Width) * format.Height,
            PixelFormat = format.PixelFormat,
        };
        _buffers = new nint[pool.Slots];
        _filling = new FrameBuffer[pool.Slots];
        _isQueued = new bool[pool.Slots];
        _metadata = device.Chunks.Count == 0 ? null : [.. Enumerable.Range(0, pool.Slots).Select(_ => new FrameMetadata(device.Chunks.Select(chunk => chunk.Name)))];

        Aravis.arv_camera_gv_set_packet_size_adjustment(device.Camera, mode: 0); // never: it may choose more than the MTU
        Aravis.arv_camera_gv_set_stream_options(device.Camera, options.SocketMode == AravisSocketMode.Udp ? 1 : 0);
        var packetSockets = options.SocketMode == AravisSocketMode.Packet ? Libc.FindPacketSockets() : [];
        nint error = 0;
        using (device.TakeTurn("make its stream")) // it sets features
        {
            var stream = Aravis.arv_camera_create_stream(device.Camera, callback: 0, data: 0, ref error);
            GLib.ThrowIfSet(error);
            _stream = new GObjectHandle(stream);
            var packetBytes = (int)device.GetInteger(AravisSettings.PacketSize) - PacketHeaderBytes;
            _framePackets = packetBytes > 0 ? ((format.PayloadBytes + packetBytes - 1) / packetBytes) + 2 : 1; // and a leader, and a trailer
        }

        SetResend(options);
        _local = new IPEndPoint(local, Aravis.arv_gv_stream_get_port(_stream));
        if (UdpSocketTable.Find(_local) is { } socket && Libc.FindSocket(socket.Inode) is { } fd)
        {
            ReceiveBufferBytes = Libc.SetReceiveBuffer(fd, (int)options.ReceiveBufferBytes);
        }

        if (options.SocketMode == AravisSocketMode.Packet)
        {
            // The library leaves it open to child processes, which would keep its ring alive after us.
            var own = Libc.FindPacketSockets().Except(packetSockets).ToArray();
            Array.ForEach(own, Libc.CloseOnExec);
            HasPacketSocket = own.Length > 0;
        }
    }

    /// <summary>The size of the kernel's buffer; 0 when it could not be found.</summary>
    public long ReceiveBufferBytes { get; }

    /// <summary>Whether frames come through a packet socket.</summary>
    public bool HasPacketSocket { get; }

    /// <summary>Whether the camera sends what is not a plain image; such frames are delivered as <see cref="FrameStatus.WrongSize"/>.</summary>
    public bool SendsOtherThanImages { get; private set; }

    /// <summary>Gives the driver its buffers and the camera the word.</summary>
    /// <exception cref="FrameSourceException">The pool is too small.</exception>
    public void Begin(int buffers)
    {
        for (var i = 0; i < buffers; i++)
        {
            if (!_pool.TryRent(_holder, out var buffer))
            {
                throw _device.Refused($"the pool has {i} free buffers for its driver, which needs {buffers}; others have {_pool.DescribeHolders()}");
            }

            Push(buffer);
        }

        _device.StartAcquisition();
    }

    /// <summary>Waits for a frame, without allocating.</summary>
    /// <returns>False when none came in time.</returns>
    public bool TryRead(ulong microseconds, TimeProvider time, out FrameRead read)
    {
        if (_underruns.TryTell(out read))
        {
            return true;
        }

        var buffer = Aravis.arv_stream_timeout_pop_buffer(_stream, microseconds);
        if (buffer == 0)
        {
            read = default;
            return false;
        }

        var slot = (int)Aravis.arv_buffer_get_user_data(buffer);
        _isQueued[slot] = false;
        var info = Describe(buffer, slot) with { HostTimestamp = time.GetTimestamp() };
        if (_pool.TryRent(_holder, out var spare))
        {
            var filled = _filling[slot];
            _filling[slot] = default;
            Push(spare); // before the frame is worked on, so that the driver always has as many
            read = FrameRead.Delivered(filled.Publish(info));
        }
        else
        {
            Push(_filling[slot]);
            read = FrameRead.Dropped(info with { Metadata = null }); // whose buffer is filled anew
        }

        read = _underruns.Before(read, Counter("n_underruns"), _framePackets);
        return true;
    }

    /// <summary>Ends the driver's thread, which needs no answer from the camera, and gives every buffer back to the pool.</summary>
    public void Halt()
    {
        _underruns.Forget();
        _ = Aravis.arv_stream_stop_thread(_stream, deleteBuffers: 1);
        for (var slot = 0; slot < _buffers.Length; slot++)
        {
            if (_buffers[slot] != 0 && !_isQueued[slot])
            {
                GLib.g_object_unref(_buffers[slot]);
            }

            _filling[slot].Dispose();
        }
    }

    /// <summary>Says farewell to the camera, after <see cref="Halt"/>: up to 5 s when it does not answer.</summary>
    public void Dispose()
    {
        if (!_device.ControlLost.IsSet)
        {
            _device.StopAcquisition();
        }

        Aravis.arv_stream_start_thread(_stream); // the last reference going would end a thread that is no more, with an assertion on stderr
        _stream.Dispose();
    }

    /// <summary>What the kernel dropped for the stream's socket. Reads a file, so it is no part of what is read under a lock; 0 once the socket is gone.</summary>
    public long ReadKernelDrops() => _local is null ? 0 : UdpSocketTable.Find(_local)?.Drops ?? 0;

    public AravisStatistics ReadCounters(long kernelDrops) => new()
    {
        CompletedFrames = Counter("n_completed_buffers"),
        FailedFrames = Counter("n_failures"),
        ReceivedPackets = Counter("n_received_packets"),
        UnderrunPackets = Counter("n_underruns"),
        MissingPackets = Counter("n_missing_packets"),
        ResendRequests = Counter("n_resend_requests"),
        ResentPackets = Counter("n_resent_packets"),
        KernelDroppedPackets = kernelDrops,
        ReceiveBufferBytes = ReceiveBufferBytes,
    };

    private void SetResend(AravisFrameSourceOptions options)
    {
        if (!options.PacketResend)
        {
            GLib.SetEnumProperty(_stream, "packet-resend", Aravis.arv_gv_stream_packet_resend_get_type(), 0);
        }

        GLib.SetDoubleProperty(_stream, "packet-request-ratio", options.PacketRequestRatio);
        GLib.SetUIntProperty(_stream, "initial-packet-timeout", (uint)options.InitialPacketTimeout.TotalMicroseconds);
        GLib.SetUIntProperty(_stream, "packet-timeout", (uint)options.PacketTimeout.TotalMicroseconds);
        GLib.SetUIntProperty(_stream, "frame-retention", (uint)options.FrameRetention.TotalMicroseconds);
    }

    private long Counter(string name) => (long)Aravis.arv_stream_get_info_uint64_by_name(_stream, name);

    private void Push(FrameBuffer buffer)
    {
        ref var native = ref _buffers[buffer.Slot];
        if (native == 0)
        {
            native = Aravis.arv_buffer_new_full((nuint)_format.PayloadBytes, buffer.Address, buffer.Slot, destroy: 0);
        }

        // What the library leaves unset when packets are missing is else from the frame before.
        Aravis.arv_buffer_set_frame_id(native, 0);
        _filling[buffer.Slot] = buffer;
        _isQueued[buffer.Slot] = true;
        Aravis.arv_stream_push_buffer(_stream, native);
    }

    private FrameInfo Describe(nint buffer, int slot)
    {
        var id = Aravis.arv_buffer_get_frame_id(buffer);
        var clock = id != 0 ? _device.Clock : FrameClock.None;
        var info = _template with
        {
            Sequence = _numbers.Next(id),
            DeviceTimestamp = clock != FrameClock.None ? Aravis.arv_buffer_get_timestamp(buffer) : 0,
            DeviceClock = clock,
        };
        var status = Aravis.arv_buffer_get_status(buffer);
        if (status != BufferStatus.Success || id == 0) // success without a number is a status left over from the frame before
        {
            return info with { Status = status == BufferStatus.SizeMismatch ? FrameStatus.WrongSize : FrameStatus.Incomplete };
        }

        var type = Aravis.arv_buffer_get_payload_type(buffer);
        if (IsChunked(type, buffer))
        {
            return DescribeChunked(buffer, type, slot, info);
        }

        if (type != PayloadType.Image)
        {
            SendsOtherThanImages = true;
            return info with { Status = FrameStatus.WrongSize };
        }

        _ = Aravis.arv_buffer_get_image_data(buffer, out var size);
        var (width, height, format) = (Aravis.arv_buffer_get_image_width(buffer), Aravis.arv_buffer_get_image_height(buffer), (PixelFormat)Aravis.arv_buffer_get_image_pixel_format(buffer));
        var isWhole = _metadata is null ? size == (nuint)_format.PayloadBytes : size >= (nuint)info.Length; // chunks that were announced did not come
        if (isWhole && (width, height, format) == (_format.Width, _format.Height, _format.PixelFormat))
        {
            return info;
        }

        // Another size than announced; its description comes from the network, and is only passed on where it fits the bytes that came.
        var length = (int)Math.Min(size, (nuint)_format.PayloadBytes);
        var isPlausible = width > 0 && height > 0 && (long)width * height * format.BitsPerPixel / 8 <= length;
        return isPlausible
            ? info with { Width = width, Height = height, PixelFormat = format, Stride = format.RowBytes(width), Length = length, Status = FrameStatus.WrongSize }
            : info with { Status = FrameStatus.WrongSize };
    }
}
