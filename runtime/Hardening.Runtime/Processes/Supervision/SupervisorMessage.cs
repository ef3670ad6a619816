namespace Hardening.Processes.Supervision;

/// <summary>One message between the application and its supervisor, both ways; both are built from this file. What a field means, its kind says.</summary>
internal struct SupervisorMessage
{
    /// <summary>Both ends are of one package; a mixture is found out at the first message.</summary>
    public const int ProtocolVersion = 2;

    public MessageKind Kind;
    public uint Tree;
    public int Value;
    public int Detail;

    /// <summary>How many come with it.</summary>
    public int Descriptors { get; init; }

    public long UserTime;
    public long SystemTime;
    public long Memory;
}

internal enum MessageKind
{
    /// <summary>The application's first: Value = <see cref="SupervisorMessage.ProtocolVersion"/>, Detail = the containment asked for, Tree = hash of the application; descriptor: its own pidfd.</summary>
    Hello = 1,

    /// <summary>The answer: Value = the containment in effect, Detail = <see cref="ReadyDetails"/>.</summary>
    Ready,

    /// <summary>Start a child: Value = its grace period in ms, Detail = <see cref="StartDetails"/>; <see cref="SupervisorMessage.Descriptors"/> descriptors: a file of <see cref="SupervisorMessage.Memory"/> bytes (<see cref="ChildTextHeader"/>), and what become 0, 1, 2 and so on.</summary>
    Start,

    /// <summary>It runs: Value = its pid in the supervisor's namespace; descriptor: its pidfd.</summary>
    Started,

    /// <summary>It does not: Value = the error number.</summary>
    NotStarted,

    /// <summary>End the tree: Value = the grace period in ms.</summary>
    Stop,

    /// <summary>A signal to the root alone: Value = the signal.</summary>
    SignalRoot,

    /// <summary>The root has exited: Value = its code, or Detail = the signal that ended it; times in µs, peak memory in bytes.</summary>
    Exited,

    /// <summary>The tree is gone: Value = how many needed SIGKILL, Detail = how many are left for good.</summary>
    Ended,

    /// <summary>What dead instances of the application left is gone: Value = how many there were, Detail = how many are left for good.</summary>
    Swept,
}

[Flags]
internal enum ReadyDetails
{
    None = 0,

    /// <summary>A guard ends everything should the supervisor be killed, or the kernel does.</summary>
    Guarded = 1,

    /// <summary>Children carry the supervisor's brand: orphans can be attributed and found.</summary>
    Branded = 2,
}

[Flags]
internal enum StartDetails
{
    None = 0,
    KeepsDescendants = 1,
}
