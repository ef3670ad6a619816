using System.Text.Json.Serialization;

namespace Hardening.Stalls.Protocol;

/// <summary>
/// What the application and its witness tell each other. One part of it is set. The witness begins with <see cref="Hello"/>, the application answers with <see cref="Welcome"/>, the witness takes a first look and says
/// <see cref="Ready"/>; from then on the application asks with <see cref="Request"/>, and sends a message without any part four times a second.
/// </summary>
internal sealed record WitnessMessage
{
    /// <summary>Both ends are of one package, or do not talk.</summary>
    public const int ProtocolVersion = 1;

    public WitnessHello? Hello { get; init; }

    public WitnessWelcome? Welcome { get; init; }

    public WitnessReady? Ready { get; init; }

    public WitnessRequest? Request { get; init; }

    public WitnessAnswer? Answer { get; init; }

    public WitnessFreeze? Freeze { get; init; }

    /// <summary>Says that a thread of the application runs.</summary>
    [JsonIgnore]
    public bool IsTick => (Hello, Welcome, Ready, Request, Answer, Freeze) is (null, null, null, null, null, null);
}

internal sealed record WitnessHello(int Version, int ProcessId);

/// <summary>The options of the application, times in ms; 0 for FrozenAfter: the witness does not judge; 0 for TargetId: it looks at the application itself.</summary>
internal sealed record WitnessWelcome(int Version, int OwnerId, int MaxThreads, int MaxFrames, int WalkLimit, bool UseSampleProfiler, int FrozenAfter, string? WillDirectory, int TargetId = 0);

/// <param name="Took">ms of the first look.</param>
/// <param name="Missing">Why stacks cannot be taken in the first way; null when they can.</param>
internal sealed record WitnessReady(int Took, string? Missing);

/// <summary>Asks for stacks. The answer bears the same number. Limit: ms for everything; WalkLimit: ms for which the application may be held still.</summary>
internal sealed record WitnessRequest(int Number, int Limit, int WalkLimit, IReadOnlyList<int> ThreadIds);

internal sealed record WitnessAnswer
{
    public int Number { get; init; }

    public required string Source { get; init; }

    /// <summary>µs from the request to the answer.</summary>
    public long Took { get; init; }

    /// <summary>µs for which the application was held still.</summary>
    public long Held { get; init; }

    /// <summary>Each frame once: threads share most of theirs.</summary>
    public IReadOnlyList<WitnessFrame> Frames { get; init; } = [];

    public IReadOnlyList<WitnessThread> Threads { get; init; } = [];

    public IReadOnlyList<WitnessLock> Locks { get; init; } = [];

    /// <summary>The source files of <see cref="Frames"/>.</summary>
    public IReadOnlyList<WitnessDocument> Documents { get; init; } = [];

    public string? Missing { get; init; }
}

internal sealed record WitnessFrame(string Method, string? Module, string? File, int? Line, int? MethodLine);

/// <summary>A source file as it was compiled; its checksum hexadecimal.</summary>
internal sealed record WitnessDocument(string File, string Algorithm, string Checksum);

/// <param name="Id">The system's number of the thread.</param>
/// <param name="Frames">Positions in <see cref="WitnessAnswer.Frames"/>, the innermost first.</param>
internal sealed record WitnessThread(int Id, IReadOnlyList<int> Frames);

internal sealed record WitnessLock(ulong Address, string? Type, int OwnerId, int Waiters, IReadOnlyList<int> WaiterIds);

/// <summary>What the witness saw by itself while no thread of the application ran; sent when one does again. Took: ms without a message from the application; State: of its process: T when it was stopped.</summary>
internal sealed record WitnessFreeze(long Took, char State, string? WillPath, WitnessAnswer Answer);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WitnessMessage))]
[JsonSerializable(typeof(WitnessFreeze))]
internal sealed partial class WitnessJson : JsonSerializerContext;
