using Hardening.Interop;

namespace Hardening.Camera;

/// <content>Which clock the timestamps are from.</content>
public sealed partial class AravisFrameSource
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);

    private PtpWatch? _ptpWatch;

    /// <summary>Finds out which clock the camera has, waits for it as the options ask, and has it watched.</summary>
    private void FollowClock(AravisDevice device, CancellationToken cancellationToken)
    {
        try
        {
            if (!device.HasClock)
            {
                device.Clock = FrameClock.None;
                return;
            }

            device.Clock = FrameClock.Device;
            if (PtpClock.Find(device) is { } clock && clock.IsEnabled(device))
            {
                var state = WaitForLock(device, clock, cancellationToken);
                TellClock(device, state);
                _ptpWatch = new PtpWatch(Name, state, _options.PtpCheckEvery, () => AskClock(clock), changed => TellClock(device, changed));
            }
        }
        catch (AravisException e)
        {
            throw device.Failed("its clock cannot be asked", e);
        }
    }

    private PtpState WaitForLock(AravisDevice device, PtpClock clock, CancellationToken cancellationToken)
    {
        var begin = _context!.Time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var state = clock.Read(device);
            if (state.IsLocked || _context.Time.GetElapsedTime(begin) >= _options.PtpWait)
            {
                return state;
            }

            cancellationToken.WaitHandle.WaitOne(LockPoll);
        }
    }

    private PtpState? AskClock(PtpClock clock)
    {
        try
        {
            return Features.Use("look at its clock", clock.Read);
        }
        catch (FrameSourceException)
        {
            return null; // the stream tells when the camera is gone
        }
    }

    private void TellClock(AravisDevice device, PtpState state)
    {
        device.Clock = state.IsLocked ? FrameClock.Ptp : FrameClock.Device;
        if (state.IsLocked)
        {
            LogClockFollows(Name, state.Description);
        }
        else
        {
            LogClockAlone(Name, state.Description);
        }
    }

    private void LeaveDevice()
    {
        Features.Detach();
        _ptpWatch?.Dispose();
        _ptpWatch = null;
    }
}
