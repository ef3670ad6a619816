using Hardening.Stalls.Protocol;

namespace Hardening.Stalls;

/// <summary>Makes a capture of an answer: its threads share their frames.</summary>
internal static class CaptureReader
{
    public static ThreadStackCapture Read(WitnessAnswer answer)
    {
        ThreadStackFrame[] frames = [.. answer.Frames.Select(frame => new ThreadStackFrame(frame.Method, frame.Module, frame.File, frame.Line) { MethodLine = frame.MethodLine })];
        return new ThreadStackCapture
        {
            Source = answer.Source,
            Duration = TimeSpan.FromMicroseconds(answer.Took),
            Threads = [.. answer.Threads.Select(thread => new ThreadFrames(thread.Id, [.. thread.Frames.Where(position => position >= 0 && position < frames.Length).Select(position => frames[position])]))],
            Locks = [.. answer.Locks.Select(held => new HeldLock(held.Address, held.Type, held.OwnerId, held.Waiters, held.WaiterIds))],
            Documents = [.. answer.Documents.Select(document => new SourceDocument(document.File, document.Algorithm, document.Checksum))],
            Missing = answer.Missing,
        };
    }
}
