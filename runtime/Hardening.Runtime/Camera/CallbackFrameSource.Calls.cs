using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <content>What a library's callbacks call.</content>
public abstract partial class CallbackFrameSource
{
    /// <summary>The pipeline's clock now, for <see cref="FrameInfo.HostTimestamp"/>.</summary>
    protected long Timestamp => (_context?.Time ?? TimeProvider.System).GetTimestamp();

    /// <summary>Hands a frame over, whose bytes are copied.</summary>
    /// <param name="pixels">The bytes, which may be overwritten once this returns.</param>
    /// <param name="info">
    /// What is known of the frame. <see cref="FrameInfo.Camera"/> is set here, and <see cref="FrameInfo.HostTimestamp"/> too where it is 0;
    /// <see cref="FrameInfo.Length"/> of the bytes are taken.
    /// </param>
    /// <returns>Whether the frame waits for the reader now. If not, it is counted.</returns>
    public bool Offer(ReadOnlySpan<byte> pixels, in FrameInfo info)
    {
        FramePool pool;
        int session;
        lock (_gate)
        {
            if (!IsRunningUnderLock())
            {
                return false;
            }

            _frames++;
            pool = _pool!;
            session = _session;
            if (info.Length < 0 || info.Length > pixels.Length || info.Length > pool.SlotBytes)
            {
                _invalid++;
                return DropUnderLock(info);
            }

            if (_calls + _out.Count >= _options.FillBuffers)
            {
                return DropUnderLock(info);
            }

            _calls++;
        }

        var lease = default(FrameLease);
        try
        {
            if (pool.TryRent(Name, out var buffer))
            {
                pixels[..info.Length].CopyTo(buffer.Bytes);
                lease = buffer.Publish(Named(info));
            }
        }
        catch (ObjectDisposedException)
        {
            // the pipeline has ended meanwhile
        }

        lock (_gate)
        {
            _calls--;
            Monitor.PulseAll(_gate);
            return AddUnderLock(lease, info, session);
        }
    }

    /// <summary>A buffer that the caller fills in place and hands over with <see cref="Publish"/>, or back with <see cref="GiveBack"/>, before his callback returns: a stop waits for that.</summary>
    /// <param name="address">Where it begins, aligned to 4 KiB.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <returns>False when the stream does not run, or every buffer is out: then <see cref="ReportDropped"/> says which frame was lost by that.</returns>
    public bool TryRent(out nint address, out int length) => TryTake(isAnnounced: false, out address, out length);

    /// <summary>
    /// A buffer for a driver that fills buffers of the application: give it this address. It belongs to the driver until the callback names it (<see cref="Publish"/>) or
    /// <see cref="StopDevice"/> has returned; announce another one then.
    /// </summary>
    /// <param name="address">Where it begins, aligned to 4 KiB.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <returns>False when the stream does not run, <see cref="CallbackFrameSourceOptions.FillBuffers"/> are out, or the pool has none.</returns>
    public bool TryAnnounce(out nint address, out int length) => TryTake(isAnnounced: true, out address, out length);

    /// <summary>Hands over the frame in a buffer that was rented or announced. The buffer must not be written from here on.</summary>
    /// <param name="address">As it was given.</param>
    /// <param name="info">What is known of the frame; see <see cref="Offer"/>.</param>
    /// <returns>Whether the frame waits for the reader now. If not, it is counted.</returns>
    public bool Publish(nint address, in FrameInfo info)
    {
        lock (_gate)
        {
            if (!TryRemoveUnderLock(address, out var filling))
            {
                return false;
            }

            if (_state != State.Running || filling.Session != _session)
            {
                _refused++;
                filling.Buffer.Dispose();
                return false;
            }

            _frames++;
            if (info.Length < 0 || info.Length > _pool!.SlotBytes)
            {
                _invalid++;
                filling.Buffer.Dispose();
                return DropUnderLock(info);
            }

            return AddUnderLock(filling.Buffer.Publish(Named(info)), info, filling.Session);
        }
    }

    /// <summary>Takes a buffer back that was rented or announced and holds no frame.</summary>
    /// <returns>False when no buffer with this address is out.</returns>
    public bool GiveBack(nint address)
    {
        lock (_gate)
        {
            if (!TryRemoveUnderLock(address, out var filling))
            {
                return false;
            }

            filling.Buffer.Dispose();
            return true;
        }
    }

    /// <summary>Tells of a frame that the library had and could not hand over: it had no buffer.</summary>
    public void ReportDropped(in FrameInfo info)
    {
        lock (_gate)
        {
            if (IsRunningUnderLock())
            {
                _frames++;
                DropUnderLock(info);
            }
        }
    }

    /// <summary>The device is gone: what waits is still read, then <see cref="Read"/> throws.</summary>
    /// <param name="failure">Why. One that is no <see cref="FrameSourceException"/> becomes the inner exception of one.</param>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            if (IsRunningUnderLock())
            {
                _failure ??= failure ?? new IOException("its library gave no reason.");
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>There will be no more frames, as it should be: what waits is still read.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (IsRunningUnderLock())
            {
                _isComplete = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool TryTake(bool isAnnounced, out nint address, out int length)
    {
        (address, length) = (0, 0);
        lock (_gate)
        {
            try
            {
                if (!IsRunningUnderLock() || _calls + _out.Count >= _options.FillBuffers || !_pool!.TryRent(Name, out var buffer))
                {
                    return false;
                }

                (address, length) = (buffer.Address, _pool.SlotBytes);
                _out.Add(new Filling(address, buffer, isAnnounced, _session));
                return true;
            }
            catch (ObjectDisposedException)
            {
                return false; // the pipeline has ended meanwhile
            }
        }
    }

    private bool IsRunningUnderLock()
    {
        if (_state == State.Running)
        {
            return true;
        }

        _refused++;
        return false;
    }

    private bool AddUnderLock(FrameLease lease, in FrameInfo info, int session)
    {
        if (_state == State.Stopped || session != _session)
        {
            // It took longer than the time to stop.
            lease.Dispose();
            _frames--;
            _refused++;
            return false;
        }

        if (lease.IsEmpty)
        {
            return DropUnderLock(info);
        }

        var isTaken = _queue.Add(lease);
        Monitor.PulseAll(_gate);
        return isTaken;
    }

    private bool DropUnderLock(in FrameInfo info)
    {
        _queue.AddDropped(Named(info));
        Monitor.PulseAll(_gate);
        return false;
    }

    private bool TryRemoveUnderLock(nint address, out Filling filling)
    {
        for (var i = 0; i < _out.Count; i++)
        {
            if (_out[i].Address == address)
            {
                filling = _out[i];
                _out.RemoveAt(i);
                Monitor.PulseAll(_gate);
                return true;
            }
        }

        _invalid++;
        filling = default;
        return false;
    }

    private void ReturnAnnounced()
    {
        lock (_gate)
        {
            ReturnAnnouncedUnderLock();
        }
    }

    private void ReturnAnnouncedUnderLock()
    {
        for (var i = _out.Count - 1; i >= 0; i--)
        {
            if (_out[i].IsAnnounced)
            {
                _out[i].Buffer.Dispose();
                _out.RemoveAt(i);
            }
        }
    }

    private FrameInfo Named(in FrameInfo info) => info with { Camera = Name, HostTimestamp = info.HostTimestamp == 0 ? Timestamp : info.HostTimestamp };

    /// <summary>A buffer that is out.</summary>
    [StructLayout(LayoutKind.Auto)]
    [SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
    private readonly struct Filling(nint address, FrameBuffer buffer, bool isAnnounced, int session)
    {
        public nint Address => address;

        public FrameBuffer Buffer => buffer;

        public bool IsAnnounced => isAnnounced;

        public int Session => session;
    }
}
