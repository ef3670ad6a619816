namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for in records and <c>init</c>; .NET Standard 2.0 has no such type.</summary>
internal static class IsExternalInit;
