using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Locks.HRD1003LockHeldAcrossBlockingAnalyzer>;

namespace Hardening.Analyzers.Tests.Locks;

/// <summary>What HRD1003 sees behind the calls that stand under a lock.</summary>
public sealed class HRD1003ThroughCallsTests
{
    [TestCase("void M() { lock (_gate) { [|Save|](); } } void Save() => File.WriteAllText(_path, _text);", TestName = "{m}(a method)")]
    [TestCase("void M() { lock (_gate) { [|this.Save|](); } } void Save() { Store(); } void Store() { File.WriteAllText(_path, _text); }", TestName = "{m}(a method of a method)")]
    [TestCase("void M() { lock (_gate) { [|Save|](1); } } static void Save<T>(T item) => Thread.Sleep(1);", TestName = "{m}(a generic static method)")]
    [TestCase("void M() { lock (_gate) { [|Save|](); } void Save() => Thread.Sleep(1); }", TestName = "{m}(a local function)")]
    [TestCase("int M() { lock (_gate) { return [|Value|]; } } int Value => _task.Result;", TestName = "{m}(a property)")]
    [TestCase("int M() { lock (_gate) { return [|Value|]; } } int Value { get { Thread.Sleep(1); return 1; } }", TestName = "{m}(an accessor)")]
    [TestCase("void M() { lock (_gate) { [|Value|] = 1; } } int Value { get => 1; set => Thread.Sleep(value); }", TestName = "{m}(a setter)")]
    [TestCase("void M() { lock (_gate) { _ = [|new Journal|](); } } class Journal { public Journal() { Thread.Sleep(1); } }", TestName = "{m}(a constructor)")]
    [TestCase("void M(IStore store) { lock (_gate) { [|store.Save|](); } } interface IStore { void Save(); } class Disk : IStore { public void Save() => Thread.Sleep(1); }", TestName = "{m}(an interface with one class)")]
    [TestCase("void M(IStore<int> store) { lock (_gate) { [|store.Save|](1); } } interface IStore<T> { void Save(T item); } class Disk : IStore<int> { public void Save(int item) => Thread.Sleep(1); }", TestName = "{m}(a generic interface)")]
    [TestCase("void M(Store store) { lock (_gate) { [|store.Save|](); } } abstract class Store { public abstract void Save(); } sealed class Disk : Store { public override void Save() => Thread.Sleep(1); }", TestName = "{m}(an abstract method)")]
    [TestCase("void M() { lock (_gate) { [|Save|](); } } protected virtual void Save() => Thread.Sleep(1);", TestName = "{m}(a virtual method that nobody overrides)")]
    [TestCase("void M() { lock (_gate) { [|_path.Save|](); } }", TestName = "{m}(an extension)")]
    [TestCase("void M() { lock (_gate) { [|Down|](3); } } void Down(int n) { if (n > 0) { Down(n - 1); } else { Thread.Sleep(1); } }", TestName = "{m}(recursion)")]
    [TestCase("void M() { Monitor.Enter(_gate); try { [|Save|](); } finally { Monitor.Exit(_gate); } } void Save() => Thread.Sleep(1);", TestName = "{m}(between Enter and Exit)")]
    [TestCase("void M() { using (_lock.EnterScope()) { [|Save|](); } } void Save() => Thread.Sleep(1);", TestName = "{m}(in a scope)")]
    [TestCase("void M() { lock (_gate) { [|Take|](); } } void Take() { lock (_other) { while (_n == 0) { Monitor.Wait(_other); } } }", TestName = "{m}(a wait that gives up another lock)")]
    [TestCase("void M() { lock (_gate) { [|Save|](); } } void Save() { lock (_other) { [|Thread.Sleep|](1); } }", TestName = "{m}(another lock: two locks, two findings)")]
    [TestCase("static object Made = null!; void M() { lock (_gate) { [|Save|](); } } partial void Save(); partial void Save() { Thread.Sleep(1); }", TestName = "{m}(a partial method)")]
    public Task Reports_a_call_that_blocks(string members) => Verify.ReportsAsync(In(members));

    [TestCase("void M() { lock (_gate) { _ = SaveAsync(); } } async Task SaveAsync() { await Task.Yield(); Thread.Sleep(1); }", TestName = "{m}(an async method)")]
    [TestCase("void M() { lock (_gate) { _ = Lines(); } } IEnumerable<int> Lines() { Thread.Sleep(1); yield return 1; }", TestName = "{m}(an iterator)")]
    [TestCase("void M() { lock (_gate) { Save(); } } void Save() { Task.Run(() => Thread.Sleep(1)); }", TestName = "{m}(work that is only started)")]
    [TestCase("void M() { lock (_gate) { Take(); } } void Take() { while (_n == 0) { Monitor.Wait(_gate); } }", TestName = "{m}(a wait that gives up this lock)")]
    [TestCase("void M() { lock (_gate) { TakeAll(); } } void TakeAll() { Take(); } void Take() { while (_n == 0) { Monitor.Wait(_gate); } }", TestName = "{m}(a wait that gives up this lock, two calls below)")]
    [TestCase("void M() { lock (_gate) { Save(); } } void Save() { lock (_gate) { [|Thread.Sleep|](1); } }", TestName = "{m}(the same lock again: reported there)")]
    [TestCase("void M() { lock (_gate) { Unlocked(); } } void Unlocked() { Monitor.Exit(_gate); try { Thread.Sleep(1); } finally { Monitor.Enter(_gate); } }", TestName = "{m}(a method that leaves the lock meanwhile)")]
    [TestCase("void M(IStore store) { lock (_gate) { store.Save(); } } interface IStore { void Save(); } class Disk : IStore { public void Save() => Thread.Sleep(1); } class Ram : IStore { public void Save() { } }", TestName = "{m}(an interface with two classes)")]
    [TestCase("void M(Store store) { lock (_gate) { store.Save(); } } class Store { public virtual void Save() => Thread.Sleep(1); } class Ram : Store { public override void Save() { } }", TestName = "{m}(a method that is overridden)")]
    [TestCase("void M(Action save) { lock (_gate) { save(); } } void Save() => Thread.Sleep(1);", TestName = "{m}(a delegate)")]
    [TestCase("void M() { lock (_gate) { Save(); } } void Save() { _n++; }", TestName = "{m}(a method that does not block)")]
    [TestCase("void M() { lock (_gate) { Even(4); } } bool Even(int n) => n == 0 || Odd(n - 1); bool Odd(int n) => n != 0 && Even(n - 1);", TestName = "{m}(a cycle)")]
    [TestCase("void M() { lock (_gate) { Action later = Save; } } void Save() => Thread.Sleep(1);", TestName = "{m}(a method group)")]
    [TestCase("void M() { lock (_gate) { _ = nameof(Save); } } void Save() => Thread.Sleep(1);", TestName = "{m}(a name)")]
    [TestCase("extern void Native(); void M() { lock (_gate) { Native(); } }", TestName = "{m}(a method without a body)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(In(members));

    [TestCase("void M() { EnterGate(); try { [|Thread.Sleep|](1); } finally { LeaveGate(); } }", TestName = "{m}(taken and left by helpers)")]
    [TestCase("void M() { EnterGate(); LeaveGate(); Thread.Sleep(1); }", TestName = "{m}(left)")]
    [TestCase("void M() { if (TryEnterGate()) { [|Thread.Sleep|](1); LeaveGate(); } else { Thread.Sleep(2); } }", TestName = "{m}(an attempt)")]
    [TestCase("void M() { using (Hold()) { [|Thread.Sleep|](1); } Thread.Sleep(2); }", TestName = "{m}(a scope of the type's own)")]
    [TestCase("void M() { using var held = Hold(); [|Thread.Sleep|](1); }", TestName = "{m}(a scope declaration of the type's own)")]
    [TestCase("void M() { Both(); Thread.Sleep(1); } void Both() { Monitor.Enter(_gate); _n++; Monitor.Exit(_gate); }", TestName = "{m}(taken and left by one helper)")]
    [TestCase("void M(C other) { other.EnterGate(); Thread.Sleep(1); other.LeaveGate(); }", TestName = "{m}(the helper of another object)")]
    [TestCase("void M() { EnterGate(); try { [|Save|](); } finally { LeaveGate(); } } void Save() => Thread.Sleep(1);", TestName = "{m}(a helper, and a call that blocks)")]
    public Task Follows_helpers_that_take_and_leave_the_lock(string members) => Verify.ReportsAsync(In(members + """

        void EnterGate() { Monitor.Enter(_gate); _n++; }
        void LeaveGate() { _n--; Monitor.Exit(_gate); }
        bool TryEnterGate() => Monitor.TryEnter(_gate, 10);
        IDisposable Hold() { Monitor.Enter(_gate); return new Held(_gate); }
        sealed class Held(object gate) : IDisposable { public void Dispose() => Monitor.Exit(gate); }
        """));

    [Test]
    public Task Sees_into_other_documents() => Verify.ReportsAsync(
        """
        sealed class Journal(Store store)
        {
            readonly object _gate = new();

            public void Add() { lock (_gate) { [|store.Save|](); } }
        }
        // === Store.cs ===
        sealed class Store
        {
            public void Save() => Flush();

            private void Flush() => System.IO.File.WriteAllText("a", "b");
        }
        """);

    [Test]
    public Task Says_the_path() => Verify.ReportsAsync(
        In("void M() { lock (_gate) { [|Save|](); } } void Save() { Store(); } void Store() { File.WriteAllText(_path, _text); }"),
        message: "'M' holds the lock '_gate' across 'Save → Store → File.WriteAllText', so every thread that needs the lock waits for it too");

    [Test]
    public Task Takes_the_shortest_path() => Verify.ReportsAsync(
        In("void M() { lock (_gate) { [|Save|](); } } void Save() { Store(); Thread.Sleep(1); } void Store() { File.WriteAllText(_path, _text); }"),
        message: "'M' holds the lock '_gate' across 'Save → Thread.Sleep', so every thread that needs the lock waits for it too");

    [Test]
    public Task Methods_of_the_users_list_count_behind_calls_too() => Verify.ReportsAsync(
        In("void M() { lock (_gate) { [|Save|](); } } void Save() { Slow(); } void Slow() { }"), new() { Options = "hardening.blocking_methods = C.Slow" });

    private static string In(string members) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;

        static class Extensions { public static void Save(this string path) => File.WriteAllText(path, ""); }

        partial class C
        {
            readonly object _gate = new();
            readonly object _other = new();
            readonly Lock _lock = new();
            readonly Task<int> _task = Task.Run(() => 1);
            string _path = "", _text = "";
            int _n;

            {{members}}
        }
        """;
}
