namespace Hardening.Pool.Caller;

/// <summary>What an answer was good for.</summary>
internal enum AnswerUse
{
    /// <summary>It ended its job.</summary>
    Taken,

    /// <summary>The same answer, delivered again.</summary>
    Repeated,

    /// <summary>A second answer: the job was done again.</summary>
    Duplicate,

    /// <summary>Its job had ended without it.</summary>
    Late,

    /// <summary>Nobody here knows its job.</summary>
    Unclaimed,
}
