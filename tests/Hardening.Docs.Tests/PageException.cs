namespace Hardening.Docs.Tests;

/// <summary>A page is not as it says: where, and what came instead.</summary>
internal sealed class PageException(string page, int line, string message) : Exception($"{page}:{line}: {message}");
