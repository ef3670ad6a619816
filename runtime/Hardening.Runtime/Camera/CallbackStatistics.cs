namespace Hardening.Camera;

/// <summary>What became of the frames that a library handed to a <see cref="CallbackFrameSource"/>: <see cref="Frames"/> is <see cref="Delivered"/>, <see cref="QueueFull"/>, <see cref="NoBuffer"/>, <see cref="Discarded"/> and <see cref="Waiting"/> together.</summary>
public sealed record CallbackStatistics
{
    /// <summary>Frames that were handed over while the stream ran.</summary>
    public required long Frames { get; init; }

    /// <summary>Those that the reader got.</summary>
    public required long Delivered { get; init; }

    /// <summary>Those given up since <see cref="CallbackFrameSourceOptions.QueueFrames"/> waited for the reader.</summary>
    public required long QueueFull { get; init; }

    /// <summary>Those for which there was no buffer.</summary>
    public required long NoBuffer { get; init; }

    /// <summary>Those that waited when the stream was stopped.</summary>
    public required long Discarded { get; init; }

    /// <summary>Those that wait now.</summary>
    public required int Waiting { get; init; }

    /// <summary>Among <see cref="QueueFull"/> and <see cref="NoBuffer"/>: those that the reader was not told of one by one, since they were too many. He sees a gap in the numbers.</summary>
    public required long Unreported { get; init; }

    /// <summary>Calls that came when the stream did not run.</summary>
    public required long Refused { get; init; }

    /// <summary>Calls that were wrong: a frame larger than its bytes or than a buffer, an address that is not of a buffer which is out.</summary>
    public required long Invalid { get; init; }

    /// <summary>Calls into the library that did not return within their limit.</summary>
    public required long HungCalls { get; init; }

    /// <summary>Buffers that the library, or a callback that still runs, held when the stream was stopped, and has not given back. The pool does not reuse them.</summary>
    public required int AbandonedBuffers { get; init; }
}
