namespace Hardening.Pool;

/// <summary>A worker wrote what is not a message of the protocol. It is ended, and its job fails or is tried again.</summary>
/// <remarks>Use the same version of Hardening.Runtime, or of hardening_worker.py, on both sides, and let nothing but the protocol write to the worker's channel; in a worker of your own, compare what it sends with the protocol.</remarks>
/// <param name="message">What came, and what was expected.</param>
public sealed class WorkerProtocolException(string message) : IOException(message);
