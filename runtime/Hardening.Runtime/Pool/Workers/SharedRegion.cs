using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Workers;

/// <summary>Memory that a worker is given at its start: a file in memory, inherited as a descriptor.</summary>
/// <param name="Id">What frame references call it; unique in this process.</param>
/// <param name="File">The file; the owner's, and open for as long as workers are started with it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="IsWritable">Whether the worker may write.</param>
internal sealed record SharedRegion(uint Id, SafeFileHandle File, long Bytes, bool IsWritable);
