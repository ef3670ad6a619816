namespace Hardening.Witness;

/// <summary>A place on a stack, before its source line is looked up.</summary>
/// <param name="Method">Type and method.</param>
/// <param name="AssemblyPath">The file of the assembly; null for code that was made at run time.</param>
/// <param name="Token">The number of the method in its metadata.</param>
/// <param name="IlOffset">Where in its IL; −1 when unknown.</param>
internal sealed record RawFrame(string Method, string? AssemblyPath, int Token, int IlOffset);
