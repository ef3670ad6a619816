using Hardening.Stalls.Protocol;

namespace Hardening.Witness;

/// <summary>Makes an answer of what a walk has seen: looks source lines up, and tells each frame once.</summary>
internal sealed class AnswerBuilder(SourceLines lines)
{
    private readonly Dictionary<WitnessFrame, int> _positions = [];
    private readonly Dictionary<(RawFrame Frame, bool TakesLock), int> _known = [];
    private readonly List<WitnessFrame> _frames = [];
    private readonly Dictionary<string, WitnessDocument?> _documents = new(StringComparer.Ordinal);

    public WitnessAnswer Build(int number, string source, WalkResult result) => new()
    {
        Number = number,
        Source = source,
        Threads = [.. result.Threads.Select(thread => new WitnessThread(thread.Id, [.. thread.Frames.Select((frame, i) => Position(frame, i > 0 && LockStatements.IsOfLock(thread.Frames[i - 1].Method)))]))],
        Frames = _frames, // these two are filled by the line before
        Documents = [.. _documents.Values.OfType<WitnessDocument>()],
        Locks = [.. result.Locks.Select(held => new WitnessLock(held.Address, held.Type, held.OwnerId, held.Waiters, held.WaiterIds))],
        Held = (long)result.Held.TotalMicroseconds,
        Missing = result.Missing,
    };

    private int Position(RawFrame raw, bool takesLock)
    {
        if (!_known.TryGetValue((raw, takesLock), out var position))
        {
            var line = lines.Of(raw, takesLock);
            var frame = new WitnessFrame(raw.Method, raw.AssemblyPath is null ? null : Path.GetFileNameWithoutExtension(raw.AssemblyPath), line?.File, line?.Line, line?.MethodLine);
            Note(line);
            if (!_positions.TryGetValue(frame, out position))
            {
                _positions.Add(frame, position = _frames.Count);
                _frames.Add(frame);
            }

            _known.Add((raw, takesLock), position);
        }

        return position;
    }

    // Two assemblies may have been compiled from different states of a file: then none is told.
    private void Note(SourceLine? line)
    {
        if (line is { Algorithm: { } algorithm, Checksum.Length: > 0 })
        {
            var document = new WitnessDocument(line.File, algorithm, line.Checksum);
            _documents[line.File] = !_documents.TryGetValue(line.File, out var known) || document == known ? document : null;
        }
    }
}
