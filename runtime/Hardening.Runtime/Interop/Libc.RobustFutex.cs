using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>
/// Words of shared memory that the kernel changes when a thread ends, whatever ends it: set_robust_list(2), meant for locks whose owner dies. A thread of a process that is killed comes to that before
/// the process's memory is freed, which takes milliseconds, and only after which its pidfd speaks.
/// </summary>
internal static unsafe partial class Libc
{
    private const uint FUTEX_OWNER_DIED = 0x4000_0000;
    private const uint FUTEX_WAITERS = 0x8000_0000;
    private const uint FUTEX_TID_MASK = 0x3fff_ffff;

    private static readonly nint GetThreadNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 186 : 178;
    private static readonly nint SetRobustListNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 273 : 99;

    /// <summary>What a word must be for the end of that thread to wake one of those that wait on it.</summary>
    /// <param name="thread">As <see cref="WatchEnd"/> has given it.</param>
    public static uint EndMark(uint thread) => (thread & FUTEX_TID_MASK) | FUTEX_WAITERS;

    /// <summary>Whether the word says that the thread has ended.</summary>
    public static bool SaysEnd(uint word) => (word & FUTEX_OWNER_DIED) != 0;

    /// <summary>
    /// Has the kernel tell of the calling thread's end in those of the two words that are then its <see cref="EndMark"/>. Takes the place of the C library's list: this thread must not take robust mutexes.
    /// </summary>
    /// <returns>The thread's number, and what <see cref="LeaveWords"/> wants; nothing where the system does not do it.</returns>
    public static (uint Thread, nint List) WatchEnd(uint* first, uint* second)
    {
        var list = (RobustList*)NativeMemory.AllocZeroed((nuint)sizeof(RobustList)); // stays: the kernel looks at it when the thread ends
        list->Entry = list;
        list->Next = &list->Entry;
        list->Offset = (byte*)first - (byte*)&list->Entry; // of a word from its entry, for all entries
        list->Pending = (byte*)second - list->Offset;
        return syscall(SetRobustListNumber, (nint)list, RobustList.HeadBytes, 0, 0) == 0 ? ((uint)syscall(GetThreadNumber, 0, 0, 0, 0), (nint)list) : default;
    }

    /// <summary>The words are about to be unmapped.</summary>
    public static void LeaveWords(nint list)
    {
        if (list != 0)
        {
            Volatile.Write(ref *(nint*)&((RobustList*)list)->Next, list);
            Volatile.Write(ref *(nint*)&((RobustList*)list)->Pending, 0);
        }
    }

    // linux/futex.h, struct robust_list_head, with the one entry behind it. Of a pending entry the kernel reads nothing, so that it need not be one.
    private struct RobustList
    {
        public const int HeadBytes = 24;

        public void* Next;
        public long Offset;
        public void* Pending;
        public void* Entry;
    }
}
