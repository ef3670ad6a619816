using System.Runtime.InteropServices;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// A thread that is read. The aide fills a free slot and makes it ready; the sampler alone touches a ready one, and says when its thread has ended; then it is the aide's again. So neither waits for the
/// other, and a thread number that is used again is another slot: descriptors of a thread that has ended say so for ever.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct ThreadSlot
{
    public const int Free = 0;
    public const int Ready = 1;
    public const int Ended = 2;
    public const int None = -1;

    public int State; // Free, Ready or Ended; volatile
    public int ThreadId;
    public int SchedStat; // descriptors, or None
    public int Stat;
    public int Status; // these three are opened later than the slot is made ready, or never; volatile
    public int WaitChannel;
    public int SystemCall;

    // Of the sampler alone, from here on.
    public bool IsKnown;
    public int StillFor; // readings in which it did nothing // it has been read once
    public bool IsWatched;
    public char Letter; // its state when it was last read
    public long RunTime;
    public long RunDelay;
    public long Slices;
    public long Foretold; // ns of RunDelay that rows have told of before the kernel did
    public long UserTicks;
    public long SystemTicks;
    public long MinorFaults;
    public long DeepAt; // the number of the sample that its switches were last read in
    public long Voluntary;
    public long Involuntary;

    public bool HasDeep => Status != None || WaitChannel != None || SystemCall != None;
}
