using System.Globalization;
using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

[Platform("Linux")]
public sealed partial class FutexTests
{
    [Test]
    public void Threads_at_one_address_are_a_group_and_the_largest_comes_first()
    {
        var groups = FutexGroups.Of(
        [
            Row(1, SystemCalls.Futex, 0x100), Row(2, SystemCalls.Futex, 0x200), Row(3, SystemCalls.Futex, 0x200), Row(4, SystemCalls.Futex + 1, 0x200),
            Row(5, SystemCalls.Futex, 0x300), Row(6, SystemCalls.Futex, 0x300), Row(7, SystemCalls.Futex, 0x300), Row(8, -1, 0x300),
        ]);
        Assert.That(groups.Select(group => group.Address), Is.EqualTo(new[] { 0x300UL, 0x200UL }));
        Assert.That(groups[0].WaiterThreadIds, Is.EqualTo(new[] { 5, 6, 7 }));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_convoy_over_a_native_mutex_is_one_group_with_its_owner(CancellationToken timeout)
    {
        using var mutex = new NativeMutex();
        using var threads = new TestThreads();
        var owner = threads.StartOwner(mutex);
        int[] waiters = [.. Enumerable.Range(0, 8).Select(_ => threads.Start(() =>
        {
            mutex.Enter();
            mutex.Exit();
        }))];
        await Eventually.HoldsAsync(() => GroupOf(waiters[0])?.WaiterThreadIds.Count == waiters.Length, "all wait at one address", timeout);
        var group = GroupOf(waiters[0])!;
        Assert.That(group.WaiterThreadIds, Is.EquivalentTo(waiters));
        Assert.That(group.Address, Is.EqualTo(mutex.Address));
        Assert.That(new FutexOwners().Find(group.Address), Is.EqualTo(owner));

        threads.Release();
        threads.Join();
        Assert.That(new FutexOwners().Find(mutex.Address), Is.Zero, "nobody holds it any more");
    }

    [Test, CancelAfter(60_000)]
    public async Task Threads_that_wait_for_a_lock_of_NET_are_no_group(CancellationToken timeout)
    {
        using var threads = new TestThreads();
        var it = TestLock.Of(typeof(object));
        threads.StartOwner(it);
        var waiters = await threads.StartWaitersAsync(it, 8, timeout);
        await Eventually.HoldsAsync(() => waiters.All(waiter => Rows().Any(row => row.ThreadId == waiter && row.SystemCall - 1 == SystemCalls.Futex)), "all sleep", timeout);
        Assert.That(FutexGroups.Of(Rows()).SelectMany(group => group.WaiterThreadIds), Has.None.AnyOf(waiters.Cast<object>().ToArray()));
    }

    [TestCase(0UL, TestName = "{m}(null)")]
    [TestCase(4096UL, TestName = "{m}(not mapped)")]
    [TestCase(ulong.MaxValue - 3, TestName = "{m}(beyond the end)")]
    [TestCase(0x7fff_ffff_f001UL, TestName = "{m}(not aligned)")]
    public void An_address_with_nothing_has_no_owner(ulong address) => Assert.That(new FutexOwners().Find(address), Is.Zero);

    [Test]
    public unsafe void What_only_resembles_a_lock_has_no_owner()
    {
        Span<int> memory = stackalloc int[6];
        fixed (int* address = memory)
        {
            foreach (var (futex, owner, users, kind) in new[] { (0, Me, 1, 0), (1, Me, 1, 0), (2, Me, 0, 0), (2, Me, 9, 0), (2, Me, 1, -1), (2, 0, 1, 0), (2, -1, 1, 0), (2, int.MaxValue, 1, 0) })
            {
                (memory[0], memory[2], memory[3], memory[4]) = (futex, owner, users, kind);
                Assert.That(new FutexOwners().Find((ulong)address), Is.Zero, $"{futex}, {owner}, {users}, {kind}");
            }

            (memory[0], memory[2], memory[3], memory[4]) = (2, Me, 1, 0);
            Assert.That(new FutexOwners().Find((ulong)address), Is.EqualTo(Me));
            (memory[0], memory[2]) = (unchecked((int)(0x8000_0000 | (uint)Me)), 0);
            Assert.That(new FutexOwners().Find((ulong)address), Is.EqualTo(Me), "the futex itself names it");
        }
    }

    private static int Me => CurrentThread.Id;

    private static ThreadSample Row(int thread, int call, ulong argument) => new() { ThreadId = thread, SystemCall = call + 1, Argument = argument };

    private static FutexGroup? GroupOf(int thread) => FutexGroups.Of(Rows()).FirstOrDefault(group => group.WaiterThreadIds.Contains(thread));

    private static List<ThreadSample> Rows()
    {
        var rows = new List<ThreadSample>();
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                if (File.ReadAllText($"{thread}/syscall").Split(' ') is [var call, var argument, ..] && call[0] != '-')
                {
                    rows.Add(Row(
                        int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture),
                        int.Parse(call, CultureInfo.InvariantCulture),
                        ulong.Parse(argument.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
                }
            }
            catch (IOException)
            {
                // it has ended
            }
        }

        return rows;
    }

    private sealed unsafe partial class NativeMutex : TestLock, IDisposable
    {
        private readonly void* _memory = NativeMemory.AllocZeroed(64); // more than any C library needs; zeroed, it is a mutex of the default kind

        public ulong Address => (ulong)_memory;

        public override void Enter() => Assert.That(pthread_mutex_lock(_memory), Is.Zero);

        public override void Exit() => Assert.That(pthread_mutex_unlock(_memory), Is.Zero);

        public void Dispose() => NativeMemory.Free(_memory);

        [LibraryImport("libc")]
        private static partial int pthread_mutex_lock(void* mutex);

        [LibraryImport("libc")]
        private static partial int pthread_mutex_unlock(void* mutex);
    }
}
