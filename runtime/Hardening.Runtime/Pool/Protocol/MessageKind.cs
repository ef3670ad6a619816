namespace Hardening.Pool.Protocol;

/// <summary>What a message is (docs/worker-protocol.md). H: the host sends it; W: the worker.</summary>
internal enum MessageKind : byte
{
    /// <summary>H, first: payload is JSON that says who the host is and what it expects.</summary>
    Hello = 1,

    /// <summary>W, the answer, once it can take jobs: payload is JSON that says who the worker is.</summary>
    Ready = 2,

    /// <summary>H: a job.</summary>
    Job = 3,

    /// <summary>W: the job's result.</summary>
    Result = 4,

    /// <summary>W: the job failed, the worker goes on. Payload is JSON: type, message, trace.</summary>
    Error = 5,

    /// <summary>H, at any time: the job is not wanted any more. No answer of its own: the job still ends with <see cref="Result"/> or <see cref="Error"/>.</summary>
    Cancel = 6,

    /// <summary>H: shared memory that frames lie in. Payload is JSON: region, bytes, writable, and a descriptor or a path.</summary>
    Map = 7,

    /// <summary>H: such memory is not used any more; the id of the message is the region.</summary>
    Unmap = 8,

    /// <summary>H: finish what has been sent and exit with code 0. The end of the channel means the same.</summary>
    Stop = 9,

    /// <summary>H, before a job with the same id: the trace that the job belongs to, as W3C Trace Context has it.</summary>
    Context = 10,
}
