using System.Runtime.InteropServices;

namespace Hardening.Stalls;

/// <summary>A silence of a heartbeat that was longer than its limit, as the beat that ended it found.</summary>
/// <param name="Start">The timestamp of the beat before.</param>
/// <param name="End">The timestamp of the beat that ended it.</param>
/// <param name="Limit">The silence that would have been none.</param>
/// <param name="ThreadId">The thread that beat before and after; 0 when these were two, so that neither stood still.</param>
/// <param name="Label">What the activity said it was doing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Silence(long Start, long End, TimeSpan Limit, int ThreadId, HeartbeatLabel? Label);
