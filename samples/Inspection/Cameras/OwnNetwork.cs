using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Inspection.Cameras;

/// <summary>
/// The network that simulated cameras run in: this program's own, with a loopback address for each. It is made by <c>own-network.sh</c>, which takes the place of this process and
/// starts this program again in it; it needs no cleaning up, since it goes with the process.
/// </summary>
internal static partial class OwnNetwork
{
    private const string Shell = "/bin/sh";
    private const string Variable = "INSPECTION_NETWORK";

    /// <summary>Whether there could be one; if not, the network is that of the machine.</summary>
    public static bool IsOwn => Environment.GetEnvironmentVariable(Variable) == "own";

    /// <summary>Starts this program again, with the same number and arguments, in a network of its own. Returns only where it is in there, or where there is none to be had.</summary>
    /// <param name="cameras">How many cameras need an address.</param>
    public static void Enter(int cameras)
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Variable) is null)
        {
            var arguments = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).TrimEnd('\0').Split('\0');
            var script = Path.Combine(AppContext.BaseDirectory, "own-network.sh");
            _ = Execute(Shell, [Shell, script, cameras.ToString(CultureInfo.InvariantCulture), Environment.ProcessPath!, .. arguments[1..], null]);
        }
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, string?[] arguments);
}
