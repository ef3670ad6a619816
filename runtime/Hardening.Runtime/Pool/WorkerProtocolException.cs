namespace Hardening.Pool;

/// <summary>A worker wrote what is not a message of the protocol. It is ended, and its job fails or is tried again.</summary>
/// <param name="message">What came, and what was expected.</param>
public sealed class WorkerProtocolException(string message) : IOException(message);
