using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>Numbers of system calls, which differ between architectures.</summary>
internal static class SystemCalls
{
    private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>To wait on a word of memory, or to wake who does.</summary>
    public static int Futex { get; } = IsX64 ? 202 : 98;
}
