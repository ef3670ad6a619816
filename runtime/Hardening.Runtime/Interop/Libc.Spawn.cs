using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>Starting a process with exactly the descriptors, signals and directory that it is meant to have: posix_spawn(3).</summary>
internal static unsafe partial class Libc
{
    private const short POSIX_SPAWN_SETPGROUP = 0x02;
    private const short POSIX_SPAWN_SETSIGDEF = 0x04;
    private const short POSIX_SPAWN_SETSIGMASK = 0x08;
    private const short POSIX_SPAWN_SETSID = 0x80;
    private const int OpaqueBytes = 512; // posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t are 80, 336 and 128 bytes, in glibc and musl alike

    /// <summary>
    /// Starts a process whose signals are as at boot: none ignored, none blocked. The descriptors become 0, 1, 2 …, none of them may be a number that an earlier one becomes, and no other is
    /// inherited. The process gets a session of its own (setsid(2)), or a process group.
    /// </summary>
    /// <returns>0, or the error number of clone(2), chdir(2) or execve(2).</returns>
    public static int Spawn(byte* path, byte** arguments, byte** environment, byte* workingDirectory, ReadOnlySpan<int> descriptors, bool newSession, out int processId)
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        processId = 0;
        Succeed(posix_spawn_file_actions_init(actions));
        Succeed(posix_spawnattr_init(attributes));
        try
        {
            for (var number = 0; number < descriptors.Length; number++)
            {
                Succeed(posix_spawn_file_actions_adddup2(actions, descriptors[number], number));
            }

            CloseOthers(actions, descriptors.Length);
            if (workingDirectory is not null)
            {
                Succeed(posix_spawn_file_actions_addchdir_np(actions, workingDirectory));
            }

            Succeed(posix_spawnattr_setflags(attributes, (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (newSession ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP))));
            Succeed(sigemptyset(signals));
            Succeed(posix_spawnattr_setsigmask(attributes, signals));
            Succeed(sigfillset(signals));
            Succeed(posix_spawnattr_setsigdefault(attributes, signals));
            return posix_spawn(out processId, path, actions, attributes, arguments, environment);
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    private static void CloseOthers(byte* actions, int first)
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), nameof(posix_spawn_file_actions_addclosefrom_np), out _))
        {
            Succeed(posix_spawn_file_actions_addclosefrom_np(actions, first));
            return;
        }

        // musl, and glibc before 2.34. What is opened between here and the start is opened close-on-exec by everything that .NET opens.
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.Parse(Path.GetFileName(entry.AsSpan()), provider: null) is var descriptor && descriptor >= first)
            {
                Succeed(posix_spawn_file_actions_addclose(actions, descriptor));
            }
        }
    }

    // These fail for want of memory alone.
    private static void Succeed(int error)
    {
        if (error != 0)
        {
            throw new InsufficientMemoryException($"A process cannot be described to the system: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(out int pid, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int number);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclose(byte* actions, int fd);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int first);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, byte* path);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* signals);
}
