namespace Hardening.Processes;

/// <summary>The process that owns all supervised children could not be started or does not answer. The message has what it said last.</summary>
/// <remarks>The next start brings up a new supervisor, so a caller may try again. If that fails too: deploy the directory <c>hardening-supervisor</c> with the application, and see with <c>harden doctor</c> what the host refuses.</remarks>
public sealed class SupervisorException : IOException
{
    /// <summary>With a message of the runtime's own.</summary>
    public SupervisorException()
    {
    }

    /// <summary>With a message that says what happened and what to do.</summary>
    public SupervisorException(string message)
        : base(message)
    {
    }

    /// <summary>With a message that says what happened and what to do, and its cause.</summary>
    public SupervisorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
