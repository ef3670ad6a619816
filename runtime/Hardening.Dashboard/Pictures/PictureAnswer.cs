using System.Buffers;
using System.Buffers.Binary;
using Hardening.Dashboard.State;

namespace Hardening.Dashboard.Pictures;

/// <summary>All pictures in one answer: docs/runtime/dashboard.md tells the layout.</summary>
internal sealed class PictureAnswer(WatchList watched, int perSecond, TimeProvider time)
{
    private const int HeaderBytes = 16;

    private readonly TimeSpan _period = TimeSpan.FromSeconds(1.0 / Math.Max(perSecond, 1));
    private readonly Lock _gate = new();
    private long? _askedAt;

    /// <summary>Writes what there is, and has new ones made, unless that was done a moment ago.</summary>
    /// <param name="bytes">How many of the answer count.</param>
    /// <returns>The answer, to be given back to the shared pool of arrays.</returns>
    public byte[] Write(out int bytes)
    {
        var slots = new List<(PictureSlot Slot, int Index)>();
        var room = HeaderBytes;
        foreach (var pipeline in watched.Pipelines)
        {
            if (pipeline.Pictures is { } pictures)
            {
                foreach (var (number, camera) in pipeline.Cameras.Index())
                {
                    if (pictures.Find(camera) is { AnswerBytes: > 0 and var needed } slot)
                    {
                        slots.Add((slot, pipeline.FirstIndex + number));
                        room += needed;
                    }
                }
            }
        }

        var answer = ArrayPool<byte>.Shared.Rent(room);
        bytes = HeaderBytes;
        var count = 0;
        foreach (var (slot, index) in slots)
        {
            var written = slot.Write(answer.AsSpan(bytes, room - bytes), index);
            bytes += written;
            count += written > 0 ? 1 : 0;
        }

        "HTH1"u8.CopyTo(answer);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(4), count);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(8), (int)Math.Ceiling(_period.TotalMilliseconds));
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(12), 0);
        Ask();
        return answer;
    }

    private void Ask()
    {
        lock (_gate)
        {
            if (perSecond == 0 || (_askedAt is { } at && time.GetElapsedTime(at) < _period * 0.9)) // browsers' clocks are not exact
            {
                return;
            }

            _askedAt = time.GetTimestamp();
        }

        foreach (var pipeline in watched.Pipelines)
        {
            pipeline.Pictures?.Ask();
        }
    }
}
