using System.Runtime.InteropServices;

namespace Hardening.Processes.Supervision;

/// <summary>The application's one supervisor: started on first use, started again when it was lost.</summary>
internal static class Supervisor
{
    /// <summary>Starts a child. Its standard streams become duplicates of the three handles, which stay the caller's.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The child could not be started; the code is that of execve(2), chdir(2) or clone(2).</exception>
    /// <exception cref="SupervisorException">There is no supervisor: it could not be started, or does not answer.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux, or the application was published so that no supervisor can be started; the message says what to change.</exception>
    public static ChildTree Start(ChildSpecification child, SafeHandle input, SafeHandle output, SafeHandle error) => throw new NotImplementedException();
}
