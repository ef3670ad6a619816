using Hardening.Analyzers.Locks;
using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1002ReachableOrReplacedLockAnalyzer, Hardening.Analyzers.Locks.HRD1002ReachableOrReplacedLockCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1002ReachableOrReplacedLockTests
{
    [TestCase("public readonly object [|Gate|] = new(); void M() { lock (Gate) { } }", TestName = "{m}(a public field)")]
    [TestCase("public static readonly object [|Gate|] = new(); static void M() { lock (C.Gate) { } }", TestName = "{m}(a public static field)")]
    [TestCase("public readonly Lock [|Gate|] = new(); void M() { using (Gate.EnterScope()) { } lock (Gate) { } Gate.Enter(); Gate.Exit(); }", TestName = "{m}(a public Lock)")]
    [TestCase("public object [|Gate|] { get; } = new(); void M() { lock (this.Gate) { } }", TestName = "{m}(a public property)")]
    [TestCase("public List<int> [|Items|] { get; } = []; void M() { lock (Items) { Items.Add(1); } }", TestName = "{m}(a public list)")]
    [TestCase("readonly object _gate = new(); public object [|Gate|] => _gate; void M() { lock (Gate) { } }", TestName = "{m}(a public name of a private field)")]
    [TestCase("readonly object [|_gate|] = new(); public object Gate => _gate; void M() { lock (_gate) { } lock (Gate) { } }", TestName = "{m}(a private field that a property hands out, once)")]
    [TestCase("readonly List<int> [|_items|] = []; public List<int> GetItems() { return _items; } void M() { Monitor.Enter(_items); Monitor.Exit(_items); }", TestName = "{m}(a private list that a method hands out)")]
    [TestCase("public readonly object [|Gate|] = new(); void M() { var gate = Gate; lock (gate) { } lock (gate) { } }", TestName = "{m}(a copy in a local)")]
    [TestCase("public readonly object [|Gate|] = new(); void M() { lock (Gate) { } } void N() { lock (Gate) { } } Action L() => () => { lock (Gate) { } }; class D { void M(C c) { lock (c.Gate) { } } }", TestName = "{m}(many places, once)")]
    [TestCase("object [|_gate|] = new(); void M() { lock (_gate) { } } void Reset() { _gate = new(); }", TestName = "{m}(a field that is assigned again)")]
    [TestCase("List<int> [|_items|] = []; int[] Take() { lock (_items) { var all = _items.ToArray(); _items = []; return all; } }", TestName = "{m}(a list that is replaced under its own lock)")]
    [TestCase("List<int> [|_items|]; public C() { _items = new(); } void M() { lock (_items) { } } async Task Clear() { await Task.Yield(); Interlocked.Exchange(ref _items, new()); }", TestName = "{m}(a list that is exchanged)")]
    [TestCase("Socket? [|_socket|]; void Open() { _socket = new(); } void Reopen() { _socket = new(); } void M() { lock (_socket!) { } } class Socket { }", TestName = "{m}(two methods that assign)")]
    [TestCase("static object [|s_gate|] = new(); public C() { s_gate = new(); } void M() { lock (s_gate) { } }", TestName = "{m}(a static field that a constructor assigns)")]
    [TestCase("object [|Gate|] { get; set; } = new(); IEnumerable<int> M() { lock (Gate) { yield return 1; } } void Reset() => Gate = new();", TestName = "{m}(a property that is assigned again)")]
    [TestCase("public class G<T> { public readonly object [|Gate|] = new(); T? M(T? t) { lock (Gate) { L(); return t; } void L() { lock (Gate) { } } } }", TestName = "{m}(a generic type)")]
    public Task Reports(string members) => Verify.ReportsAsync(In(members));

    [TestCase("readonly object _gate = new(); void M() { lock (_gate) { } }", TestName = "{m}(a private readonly field)")]
    [TestCase("object _gate = new(); void M() { lock (_gate) { } }", TestName = "{m}(a field that is never assigned again)")]
    [TestCase("protected readonly object Gate = new(); internal readonly object Other = new(); void M() { lock (Gate) { lock (Other) { } } }", TestName = "{m}(a lock of the family, of the assembly)")]
    [TestCase("object _gate; public C(object gate) => _gate = gate; void M() { lock (_gate) { } }", TestName = "{m}(an object that was handed in)")]
    [TestCase("object? _gate; void Init() { _gate = new(); } void M() { lock (_gate!) { } }", TestName = "{m}(a field that one method sets)")]
    [TestCase("object? _gate = new(); void M() { lock (_gate!) { } } public void Dispose() { _gate = null; }", TestName = "{m}(a field that is cleared)")]
    [TestCase("object? _gate; object Gate { get { if (_gate == null) { Interlocked.CompareExchange(ref _gate, new object(), null); } return _gate; } } void M() { lock (Gate) { } }", TestName = "{m}(a lazy lock)")]
    [TestCase("object _gate = new(); C Copy() { var c = new C(); c._gate = new(); return c; } void M() { lock (_gate) { } }", TestName = "{m}(a field of a copy)")]
    [TestCase("object _gate = new(); C Copy() => new() { _gate = new() }; void M() { lock (_gate) { } }", TestName = "{m}(a field of a new object)")]
    [TestCase("private class Entry { public readonly object Gate = new(); } void M(Entry e) { lock (e.Gate) { } }", TestName = "{m}(a private type)")]
    [TestCase("class L : System.Collections.ICollection { readonly object _gate = new(); public object SyncRoot => _gate; public int Count { get { lock (_gate) { return 0; } } } public bool IsSynchronized => true; public void CopyTo(Array a, int i) { lock (SyncRoot) { } } public System.Collections.IEnumerator GetEnumerator() => throw new Exception(); }", TestName = "{m}(a SyncRoot by contract)")]
    [TestCase("void M(System.Collections.ICollection c, Array a) { lock (c.SyncRoot) { lock (a.SyncRoot) { } } }", TestName = "{m}(a SyncRoot of the framework)")]
    [TestCase("readonly Dictionary<int, object> _gates = []; void M(int n, object o) { lock (_gates[n]) { lock (o) { } } }", TestName = "{m}(an element, a parameter)")]
    [TestCase("public string Name = \"\"; public Type Kind = typeof(C); void M() { lock (Name) { } lock (Kind) { } lock (this) { } }", TestName = "{m}(what another rule reports)")]
    [TestCase("readonly List<int> _items = []; public IReadOnlyList<int> Items => _items.ToArray(); void M() { lock (_items) { } }", TestName = "{m}(a list of which copies are handed out)")]
    [TestCase("readonly List<int> _items = []; internal List<int> Items => _items; void M() { lock (_items) { } }", TestName = "{m}(a list that the assembly sees)")]
    [TestCase("public object Fresh => new(); public virtual object Get() => 1; void M() { lock (Fresh) { } lock (Get()) { } }", TestName = "{m}(a property that makes an object)")]
    [TestCase("internal class Entry { public readonly object Gate = new(); void N() { lock (Gate) { } } class Nested { void M(Entry e) { lock (e.Gate) { } } } }", TestName = "{m}(a type of the assembly that locks its own)")]
    [TestCase("internal class Entry { readonly List<int> _items = []; public List<int> Items => _items; void N() { lock (_items) { } lock (Items) { } } }", TestName = "{m}(a list that a type of the assembly hands out and locks itself)")]
    [TestCase("public int Count; readonly object _gate = new(); int N() { lock (_gate) { return Count; } }", TestName = "{m}(a public field that is guarded)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(In(members));

    [Test]
    public Task Reports_the_declaration_once_when_many_documents_lock() => Verify.ReportsAsync(
        """
        class A { void M(Hub hub) { lock (hub.Gate) { } } }
        // === B.cs ===
        class B { void M(Hub hub) { lock (hub.Gate) { } lock (hub.Gate) { } } }
        // === Hub.cs ===
        class Hub { public readonly object [|Gate|] = new(); void M() { lock (Gate) { } } }
        """);

    [Test]
    public Task Reports_the_first_place_when_only_other_documents_lock() => Verify.ReportsAsync(
        """
        class A { void M(Hub hub) { lock ([|hub.Gate|]) { } lock (hub.Gate) { } } }
        // === B.cs ===
        class B { void M(Hub hub) { lock (hub.Gate) { } } }
        // === Hub.cs ===
        class Hub { public readonly object Gate = new(); }
        """);

    [Test]
    public Task Reports_a_part_of_a_type_in_another_document() => Verify.ReportsAsync(
        """
        partial class C { object [|_gate|] = new(); void M() { lock (_gate) { } } }
        // === Other.cs ===
        partial class C { void N() { _gate = new(); } }
        """);

    [Test]
    public Task Reports_a_lock_of_the_assembly_that_several_types_take() => Verify.ReportsAsync(
        """
        class Hub { public readonly object [|Gate|] = new(); void M() { lock (Gate) { } } }
        class List { readonly object [|_gate|] = new(); public object Gate => _gate; void M() { lock (_gate) { } } }
        // === User.cs ===
        class User { void M(Hub hub, List list) { lock (hub.Gate) { } lock (list.Gate) { } } }
        """);

    [Test]
    public Task Is_silent_on_a_lock_of_the_assembly_that_one_type_takes() => Verify.ReportsAsync(
        """
        class Pending { public readonly object list = new(); public void Add() { lock (list) { } } public void Clear() { lock (list) { } } }
        class State { public readonly object Gate = new(); }
        // === User.cs ===
        class User { void M(State state) { lock (state.Gate) { } } void N(State state) { lock (state.Gate) { } } }
        """);

    [Test]
    public Task Reports_in_a_program() => Verify.ReportsAsync(
        """
        var hub = new Hub();
        lock (hub.Gate) { System.Console.WriteLine(); }
        public class Hub { public object [|Gate|] = new(); }
        """);

    [Test]
    public async Task Reports_the_first_place_for_a_lock_of_another_assembly()
    {
        var library = RuleRunner.CreateProject(Markup.Parse("public class Hub { public readonly object Gate = new(); public readonly object SyncRoot = new(); public object Own { get; } = new(); }"), Setup.Default);
        await Verify.ReportsAsync(
            "class C { void M(Hub hub) { lock ([|hub.Gate|]) { } lock (hub.Gate) { } lock (hub.SyncRoot) { } lock (hub.Own) { } } }",
            new() { References = [(await library.GetCompilationAsync())!.ToMetadataReference()] });
    }

    [TestCase("public readonly object [|Gate|] = new(); void M() { lock (Gate) { } }", "The lock 'Gate' can be taken by any code that sees 'C'")]
    [TestCase("readonly object [|_gate|] = new(); public object Gate => _gate; void M() { lock (_gate) { } }", "The lock '_gate' is handed out by 'Gate', so any code can take it")]
    [TestCase("object [|_gate|] = new(); void M() { lock (_gate) { } } void Reset() { _gate = new(); }", "The lock '_gate' is assigned again in 'Reset', so two threads can hold two objects where they count on one lock")]
    public Task Says_why(string members, string message) => Verify.ReportsAsync(In(members), message: message);

    [Test]
    public Task Fix_makes_the_field_private_and_readonly() => Verify.FixesAllAsync(
        """
        using System.Threading;
        public class C
        {
            // The gate.
            public object [|Gate|] = new(); // of all
            public static readonly Lock [|Other|];
            internal int N;

            static C() => Other = new();

            public C() { Gate = new(); }

            void M() { lock (Gate) { N++; } lock (Other) { } }
        }
        """,
        """
        using System.Threading;
        public class C
        {
            // The gate.
            private readonly object Gate = new(); // of all
            private static readonly Lock Other;
            internal int N;

            static C() => Other = new();

            public C() { Gate = new(); }

            void M() { lock (Gate) { N++; } lock (Other) { } }
        }
        """);

    [Test]
    public Task Fix_makes_the_property_private() => Verify.FixesAsync(
        """
        public class C
        {
            /// <summary>The gate.</summary>
            public object [|Gate|] { get; } = new(); // one

            void M() { lock (Gate) { } }
        }
        """,
        """
        public class C
        {
            /// <summary>The gate.</summary>
            private object Gate { get; } = new(); // one

            void M() { lock (Gate) { } }
        }
        """);

    [TestCase("public readonly object [|Gate|] = new(); void M() { lock (Gate) { } } } class D { void M(C c) { lock (c.Gate) { } }", TestName = "{m}(a use outside)")]
    [TestCase("public object [|Gate|] = new(); void M() { lock (Gate) { } Gate = new(); }", TestName = "{m}(a field that is assigned)")]
    [TestCase("public object [|Gate|] = new(), Other = new(); void M() { lock (Gate) { } }", TestName = "{m}(two fields in one declaration)")]
    [TestCase("public object [|Gate|] { get; private set; } = new(); void M() { lock (Gate) { } }", TestName = "{m}(a property that can be set)")]
    [TestCase("readonly object [|_gate|] = new(); public object Gate => _gate; void M() { lock (_gate) { } }", TestName = "{m}(a lock that is handed out)")]
    [TestCase("public volatile object [|Gate|] = new(); void M() { lock (Gate) { } }", TestName = "{m}(a volatile field)")]
    [TestCase("[NonSerialized] public object [|Gate|] = new(); void M() { lock (Gate) { } }", TestName = "{m}(a field with an attribute)")]
    [TestCase("public object [|Gate|] = new(); void M() { lock (Gate) { } } void N() { Interlocked.CompareExchange(ref Gate, new(), null!); }", TestName = "{m}(a field that is passed by reference)")]
    public Task Fix_is_not_offered_for(string members) => Verify.OffersNoFixAsync(In(members));

    [Test]
    public async Task Fix_looks_into_projects_that_use_the_type()
    {
        var project = RuleRunner.CreateProject(Markup.Parse("public class C { public readonly object Gate = new(); void M() { lock (Gate) { } } }"), Setup.Default);
        Assert.That(await OfferedAsync(project), Is.EqualTo(1));
        var users = ProjectId.CreateNewId();
        var solution = project.Solution
            .AddProject(users, "Users", "Users", LanguageNames.CSharp).AddMetadataReferences(users, project.MetadataReferences)
            .AddProjectReference(users, new ProjectReference(project.Id))
            .AddDocument(DocumentId.CreateNewId(users), "User.cs", "class D { void M(C c) { lock (c.Gate) { } } }", filePath: "/User.cs");
        Assert.That(await OfferedAsync(solution.GetProject(project.Id)!), Is.Zero);
    }

    private static async Task<int> OfferedAsync(Project project)
    {
        var reported = await RuleRunner.RunAsync([new HRD1002ReachableOrReplacedLockAnalyzer()], project, "the test source");
        return (await FixRunner.ActionsAsync(new HRD1002ReachableOrReplacedLockCodeFix(), project, reported.Single())).Count;
    }

    private static string In(string members) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        public class C
        {
            {{members}}
        }
        """;
}
