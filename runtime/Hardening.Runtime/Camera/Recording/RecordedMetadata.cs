using System.Text;

namespace Hardening.Camera.Recording;

/// <summary>Makes the metadata of frames from what a file has of them: one object per buffer, made anew only when a frame has other names than the one before.</summary>
internal sealed class RecordedMetadata(int slots)
{
    private readonly (FrameMetadata? Metadata, byte[] Names)[] _slots = new (FrameMetadata?, byte[])[slots];

    /// <returns>Null when there is none, or it cannot be read.</returns>
    public FrameMetadata? Read(int slot, int count, ReadOnlySpan<byte> bytes)
    {
        if (count == 0 || !TryFindValues(count, bytes, out var namesBytes) || bytes.Length < namesBytes + (count * 9))
        {
            return null;
        }

        ref var entry = ref _slots[slot];
        if (entry.Metadata is null || !bytes[..namesBytes].SequenceEqual(entry.Names))
        {
            var names = Names(count, bytes);
            if (names.Distinct(StringComparer.Ordinal).Count() != count)
            {
                return null;
            }

            entry = (new FrameMetadata(names), bytes[..namesBytes].ToArray());
        }

        entry.Metadata.Clear();
        for (var i = 0; i < count; i++)
        {
            var value = bytes.Slice(namesBytes + (i * 9), 9);
            switch (value[0])
            {
                case 1:
                    entry.Metadata.Set(i, RecordingFormat.Int64(value, 1));
                    break;
                case 2:
                    entry.Metadata.Set(i, BitConverter.Int64BitsToDouble(RecordingFormat.Int64(value, 1)));
                    break;
            }
        }

        return entry.Metadata;
    }

    private static bool TryFindValues(int count, ReadOnlySpan<byte> bytes, out int offset)
    {
        offset = 0;
        for (var i = 0; i < count; i++)
        {
            if (bytes.Length < offset + 2)
            {
                return false;
            }

            offset += 2 + RecordingFormat.UInt16(bytes, offset);
        }

        return offset <= bytes.Length;
    }

    private static string[] Names(int count, ReadOnlySpan<byte> bytes)
    {
        var names = new string[count];
        for (var (i, offset) = (0, 0); i < count; i++)
        {
            var length = RecordingFormat.UInt16(bytes, offset);
            names[i] = Encoding.UTF8.GetString(bytes.Slice(offset + 2, length));
            offset += 2 + length;
        }

        return names;
    }
}
