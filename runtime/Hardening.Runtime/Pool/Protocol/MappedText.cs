namespace Hardening.Pool.Protocol;

/// <summary>What a <see cref="MessageKind.Map"/> says: memory, and where the worker finds it.</summary>
/// <param name="Region">What frame references call it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="IsWritable">Whether the worker may write.</param>
/// <param name="Path">What to open; null where it was inherited.</param>
/// <param name="Descriptor">What was inherited, else −1.</param>
internal readonly record struct MappedText(uint Region, long Bytes, bool IsWritable, string? Path = null, int Descriptor = -1);
