namespace Hardening.Analyzers.Tests.Verification;

/// <summary>A rule or a fix does not do what its test says. Not NUnit's own exception, which would fail the tests of the verifier even when caught.</summary>
public sealed class VerificationException(string message) : Exception(message);
