using Hardening.Analyzers.Locks;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CSharp;
using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1001LockOnUnfitObjectAnalyzer, Hardening.Analyzers.Locks.HRD1001LockOnUnfitObjectCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1001LockOnUnfitObjectTests
{
    [TestCase("class C { void M() { lock ([|this|]) { } } }", TestName = "{m}(this)")]
    [TestCase("class C { void M() { lock ([|(object)this|]) { } } }", TestName = "{m}(this behind a cast)")]
    [TestCase("class C { void M() { var self = this; lock ([|self|]) { } } }", TestName = "{m}(this behind a local)")]
    [TestCase("class C { void M() { System.Action a = () => { lock ([|this|]) { } }; a(); } }", TestName = "{m}(this in a lambda)")]
    [TestCase("class C { void M() { L(); void L() { lock ([|this|]) { } } } }", TestName = "{m}(this in a local function)")]
    [TestCase("class C<T>(int n) { public int N { get { lock ([|this|]) { return n; } } } }", TestName = "{m}(this in a generic type with a primary constructor)")]
    [TestCase("class C { async System.Threading.Tasks.Task M() { await System.Threading.Tasks.Task.Yield(); lock ([|this|]) { } } }", TestName = "{m}(this in an async method)")]
    [TestCase("class C { System.Collections.Generic.IEnumerable<int> M() { lock ([|this|]) { yield return 1; } } }", TestName = "{m}(this in an iterator)")]
    [TestCase("partial class C { partial void M(); } partial class C { partial void M() { lock ([|this|]) { } } }", TestName = "{m}(this in a partial type)")]
    [TestCase("record R(int N) { void M() { lock ([|this|]) { } } }", TestName = "{m}(this in a record)")]
    [TestCase("using System.Threading; class C { void M() { var taken = false; try { Monitor.Enter([|this|], ref taken); } finally { if (taken) Monitor.Exit(this); } } }", TestName = "{m}(this with Monitor)")]
    [TestCase("using static System.Threading.Monitor; class C { void M() { if (TryEnter(timeout: default, obj: [|this|])) { Exit(this); } } }", TestName = "{m}(this with TryEnter and named arguments)")]
    [TestCase("class C { static void M() { lock ([|typeof(C)|]) { } } }", TestName = "{m}(typeof)")]
    [TestCase("class C { void M<T>() { var type = typeof(T); lock ([|type|]) { } } }", TestName = "{m}(typeof behind a local)")]
    [TestCase("class C { void M() { lock ([|GetType()|]) { } } }", TestName = "{m}(GetType)")]
    [TestCase("class C { void M(object? o) { lock ([|o!.GetType()|]) { } } }", TestName = "{m}(GetType of another object)")]
    [TestCase("class C { const string Key = \"key\"; void M(string name) { lock ([|Key|]) { } lock ([|\"key\"|]) { } lock ([|name|]) { } lock ([|$\"{name}\"|]) { } } }", TestName = "{m}(strings)")]
    [TestCase("class C { int _n; void M() { System.Threading.Monitor.Enter([|_n|]); } }", TestName = "{m}(a value boxed by the call)")]
    [TestCase("class C { void M<T>(T t) where T : struct { lock ([|(object)t|]) { } } }", TestName = "{m}(a value boxed by a cast)")]
    [TestCase("class C { void M() { lock ([|new object()|]) { } lock ([|new int[1]|]) { } lock ([|new { }|]) { } } }", TestName = "{m}(new objects)")]
    [TestCase("class C { void M<T>() where T : class, new() { lock ([|new T()|]) { } } }", TestName = "{m}(a new object of a type parameter)")]
    [TestCase("class C { void M() { object gate = new(); lock ([|gate|]) { } } }", TestName = "{m}(a local nobody else sees)")]
    [TestCase("class C { void M() { var gate = new System.Threading.Lock(); lock ([|gate|]) { } } }", TestName = "{m}(a local Lock nobody else sees)")]
    [TestCase("using System.Collections.Generic; class C { int M() { var list = new List<int>(); lock ([|list|]) { list.Add(1); } return list.Count; } }", TestName = "{m}(a local list nobody else sees)")]
    [TestCase("using System.Threading.Tasks; class C { int _n; void M() => Parallel.For(0, 9, i => { var gate = new object(); lock ([|gate|]) { _n += i; } }); }", TestName = "{m}(a local of a parallel body)")]
    [TestCase("var gate = new object(); lock ([|gate|]) { System.Console.WriteLine(); }", TestName = "{m}(a local of a program)")]
    [TestCase("using System.Runtime.CompilerServices; class C { [[|MethodImpl(MethodImplOptions.Synchronized)|]] void M() { } [[|MethodImpl(MethodImplOptions.Synchronized)|]] static void N() { } }", TestName = "{m}(synchronized methods)")]
    public Task Reports(string source) => Verify.ReportsAsync(source);

    [TestCase("class C { private readonly object _gate = new(); void M() { lock (_gate) { } } }", TestName = "{m}(a private field)")]
    [TestCase("class C { private static readonly System.Threading.Lock s_gate = new(); static void M() { lock (s_gate) { } using (s_gate.EnterScope()) { } } }", TestName = "{m}(a private Lock)")]
    [TestCase("class C(object gate) { private readonly object? _gate = gate; void M() { lock (_gate!) { } lock (gate) { } } }", TestName = "{m}(an object that was handed in)")]
    [TestCase("class C { void M(C other) { lock (other) { } } }", TestName = "{m}(another object)")]
    [TestCase("class C { void M<T>(T gate) where T : class { lock (gate) { } } }", TestName = "{m}(a type parameter)")]
    [TestCase("class C { void M<T>(T gate) { lock ((object)gate!) { } } }", TestName = "{m}(a type parameter that may be a class)")]
    [TestCase("class C { void M() { System.Threading.Monitor.Exit(this); System.Threading.Monitor.Pulse(this); } }", TestName = "{m}(Monitor calls that take no lock)")]
    [TestCase("class C { void M() { Monitor.Enter(this); } static class Monitor { public static void Enter(object o) { } } }", TestName = "{m}(another Monitor)")]
    [TestCase("using System.Threading.Tasks; class C { int M() { var n = 0; var gate = new object(); Parallel.For(0, 9, i => { lock (gate) { n += i; } }); return n; } }", TestName = "{m}(a local that a lambda shares)")]
    [TestCase("using System.Threading; class C { void M() { var gate = new object(); new Thread(Run).Start(); lock (gate) { } void Run() { lock (gate) { } } } }", TestName = "{m}(a local that a local function shares)")]
    [TestCase("var gate = new object(); lock (gate) { } System.Threading.ThreadPool.QueueUserWorkItem(_ => { lock (gate) { } });", TestName = "{m}(a local that a program shares)")]
    [TestCase("class C { object? _o; void M() { var gate = new object(); _o = gate; lock (gate) { } } }", TestName = "{m}(a local that was published)")]
    [TestCase("class C { object M() { var gate = new object(); lock (gate) { } return gate; } }", TestName = "{m}(a local that is returned)")]
    [TestCase("class C { void M() { var gate = new object(); N(gate); lock (gate) { } } void N(object o) { } }", TestName = "{m}(a local that was passed on)")]
    [TestCase("class C { static readonly object s_gate = new(); void M(bool b) { var gate = new object(); if (b) gate = s_gate; lock (gate) { } } }", TestName = "{m}(a local with another value)")]
    [TestCase("class W { public void Start() { } } class C { void M() { var w = new W(); w.Start(); lock (w) { } } }", TestName = "{m}(a local whose type may publish it)")]
    [TestCase("using System.Collections.Generic; class C { readonly List<object> _gates = []; async IAsyncEnumerable<int> M() { foreach (var gate in _gates) { lock (gate) { } await System.Threading.Tasks.Task.Yield(); yield return 1; } } }", TestName = "{m}(an object of a collection)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(source);

    [TestCase("class C { void M() { lock ([|this|]) { } } }", "Locking on 'this' lets any code that holds the 'C' take the same lock")]
    [TestCase("class C { void M() { lock ([|typeof(C)|]) { } } }", "Locking on 'typeof(C)' lets any code in the process take the same lock")]
    [TestCase("class C { void M() { lock ([|GetType()|]) { } } }", "Locking on 'GetType()' lets any code in the process take the same lock, and a derived class takes another")]
    [TestCase("class C { string _s = \"\"; void M() { lock ([|_s|]) { } } }", "Locking on '_s' lets any code take the same lock: equal strings can be one object")]
    [TestCase("class C { int _n; void M() { lock ([|(object)_n|]) { } } }", "Locking on '(object)_n' excludes nobody: the value is boxed into a new object each time")]
    [TestCase("class C { void M() { lock ([|new object()|]) { } } }", "Locking on 'new object()' excludes nobody: the object is new each time")]
    [TestCase("class C { void M() { var o = new object(); lock ([|o|]) { } } }", "Locking on 'o' excludes nobody: the object is new in each call, and no other code sees it")]
    public Task Says_why(string source, string message) => Verify.ReportsAsync(source, message: message);

    [Test]
    public Task Fix_moves_every_lock_of_the_class_to_one_gate() => Verify.FixesAllAsync(
        """
        sealed class C
        {
            // Counts.
            int _n;

            void M()
            {
                lock ([|this|]) // one
                {
                    _n++;
                }
            }

            System.Action N() => () => { lock (/* two */ [|this|]) { _n++; } };
        }
        """,
        """
        sealed class C
        {
            private readonly System.Threading.Lock _gate = new();
            // Counts.
            int _n;

            void M()
            {
                lock (_gate) // one
                {
                    _n++;
                }
            }

            System.Action N() => () => { lock (/* two */ _gate) { _n++; } };
        }
        """);

    [Test]
    public Task Fix_writes_the_short_name_and_keeps_apart_from_methods() => Verify.FixesAsync(
        """
        using System.Threading;

        class C // derived from by nobody
        {
            /// <summary>Why.</summary>
            void M() { lock ([|this|]) { } }
        }
        """,
        """
        using System.Threading;

        class C // derived from by nobody
        {
            private readonly Lock _gate = new();

            /// <summary>Why.</summary>
            void M() { lock (_gate) { } }
        }
        """);

    [Test]
    public Task Fix_on_one_line() => Verify.FixesAsync(
        "class C { void M() { lock ([|this|]) { } } }",
        """
        class C {
            private readonly System.Threading.Lock _gate = new();
            void M() { lock (_gate) { } } }
        """);

    [Test]
    public Task Fix_gives_an_object_to_Monitor() => Verify.FixesAsync(
        """
        using System.Threading;
        sealed class C
        {
            bool _ready;
            void M() { lock ([|this|]) { while (!_ready) { Monitor.Wait(this); } } }
            void N() { Monitor.Enter(this); try { _ready = true; Monitor.PulseAll(obj: (object)this); } finally { Monitor.Exit(this); } }
        }
        """,
        """
        using System.Threading;
        sealed class C
        {
            private readonly object _gate = new();
            bool _ready;
            void M() { lock (_gate) { while (!_ready) { Monitor.Wait(_gate); } } }
            void N() { Monitor.Enter(_gate); try { _ready = true; Monitor.PulseAll(obj: _gate); } finally { Monitor.Exit(_gate); } }
        }
        """);

    [Test]
    public Task Fix_gives_an_object_to_a_lock_with_a_yield_inside() => Verify.FixesAsync(
        """
        sealed class C
        {
            int _n;
            System.Collections.Generic.IEnumerable<int> M() { lock ([|this|]) { yield return _n; } }
        }
        """,
        """
        sealed class C
        {
            private readonly object _gate = new();
            int _n;
            System.Collections.Generic.IEnumerable<int> M() { lock (_gate) { yield return _n; } }
        }
        """);

    [TestCase(Framework.NetStandard20, LanguageVersion.Latest, "new()")]
    [TestCase(Framework.Current, LanguageVersion.CSharp12, "new()")]
    [TestCase(Framework.NetStandard20, LanguageVersion.CSharp7_3, "new object()")]
    public Task Fix_gives_an_object_where_framework_or_language_have_no_Lock(Framework framework, LanguageVersion language, string value) => Verify.FixesAsync(
        """
        sealed class C
        {
            int _n;
            void M() { lock ([|this|]) { _n++; } }
        }
        """,
        $$"""
        sealed class C
        {
            private readonly object _gate = {{value}};
            int _n;
            void M() { lock (_gate) { _n++; } }
        }
        """,
        setup: new() { Framework = framework, Language = language });

    [Test]
    public async Task Fix_gives_an_object_to_a_file_that_is_also_built_for_a_framework_without_Lock()
    {
        const string source = "class C { int _n; void M() { lock (this) { _n++; } } }";
        var project = RuleRunner.CreateProject(Markup.Parse(source), Setup.Default);
        var old = RuleRunner.CreateProject(Markup.Parse(source), new() { Framework = Framework.NetStandard20 });
        var linked = ProjectId.CreateNewId();
        var solution = project.Solution
            .AddProject(linked, "Old", "Old", LanguageNames.CSharp).AddMetadataReferences(linked, old.MetadataReferences)
            .AddDocument(DocumentId.CreateNewId(linked), "Test.cs", source, filePath: "/Test.cs");
        var changed = await FixRunner.ApplyAsync((await ActionsAsync(solution.GetProject(project.Id)!)).Single(), solution.GetProject(project.Id)!);
        Assert.That((await RuleRunner.DocumentOf(changed, "Test.cs").GetTextAsync()).ToString(), Does.Contain("private readonly object _gate = new();"));
    }

    [TestCase("class D { void M(C c) { lock (c) { } } }", 0)]
    [TestCase("class D { void M<T>(T c) where T : class { lock (c) { } } }", 0)]
    [TestCase("class D { readonly object _gate = new(); void M(System.Collections.ICollection c) { lock (_gate) { lock (c.SyncRoot) { } } } }", 1)]
    public async Task Fix_looks_into_projects_that_use_the_type(string user, int offered)
    {
        var project = RuleRunner.CreateProject(Markup.Parse("public sealed class C { int _n; void M() { lock (this) { _n++; } } }"), Setup.Default);
        var users = ProjectId.CreateNewId();
        var solution = project.Solution
            .AddProject(users, "Users", "Users", LanguageNames.CSharp).AddMetadataReferences(users, project.MetadataReferences)
            .AddProjectReference(users, new ProjectReference(project.Id))
            .AddDocument(DocumentId.CreateNewId(users), "User.cs", user, filePath: "/User.cs");
        Assert.That(await ActionsAsync(solution.GetProject(project.Id)!), Has.Count.EqualTo(offered));
    }

    [Test]
    public Task Fix_gives_a_static_gate_for_the_type_and_another_one_for_the_object() => Verify.FixesAllAsync(
        """
        sealed class C<T>
        {
            static int s_n;
            void M() { lock ([|typeof(C<T>)|]) { s_n++; } }
            void N() { lock ([|this|]) { lock ([|GetType()|]) { s_n++; } } }
            class Nested { void M() { lock ([|typeof(C<T>)|]) { s_n++; } } }
        }
        """,
        """
        sealed class C<T>
        {
            private readonly System.Threading.Lock _gate = new();
            private static readonly System.Threading.Lock s_gate = new();
            static int s_n;
            void M() { lock (s_gate) { s_n++; } }
            void N() { lock (_gate) { lock (s_gate) { s_n++; } } }
            class Nested { void M() { lock (s_gate) { s_n++; } } }
        }
        """);

    [Test]
    public Task Fix_gives_a_static_gate_for_a_constant_string_and_to_a_struct() => Verify.FixesAllAsync(
        """
        struct S
        {
            const string Key = "key";
            void M() { lock ([|Key|]) { } lock ([|"key"|]) { } lock ([|"other"|]) { } }
        }
        """,
        """
        struct S
        {
            private static readonly System.Threading.Lock s_gate2 = new();
            private static readonly System.Threading.Lock s_gate = new();
            const string Key = "key";
            void M() { lock (s_gate) { } lock (s_gate) { } lock (s_gate2) { } }
        }
        """);

    [Test]
    public Task Fix_keeps_to_each_type_of_nested_types() => Verify.FixesAsync(
        """
        class Outer
        {
            int _n;
            void M() { lock ([|this|]) { _n++; } }

            class Inner
            {
                int _n;
                void M() { lock ([|this|]) { _n++; } }
            }
        }
        """,
        """
        class Outer
        {
            private readonly System.Threading.Lock _gate = new();
            int _n;
            void M() { lock (_gate) { _n++; } }

            class Inner
            {
                int _n;
                void M() { lock ([|this|]) { _n++; } }
            }
        }
        """);

    [Test]
    public Task Fix_finds_a_free_name() => Verify.FixesAsync(
        """
        class Base { protected object? _gate2; }
        class C : Base
        {
            int _n;
            void M(int _gate) { lock ([|this|]) { _n = _gate; } }
        }
        """,
        """
        class Base { protected object? _gate2; }
        class C : Base
        {
            private readonly System.Threading.Lock _gate3 = new();
            int _n;
            void M(int _gate) { lock (_gate3) { _n = _gate; } }
        }
        """);

    [Test]
    public Task Fix_reaches_every_part_of_a_partial_type() => Verify.FixesAllAsync(
        """
        // === B.cs ===
        partial class C
        {
            void N() { lock ([|this|]) { _n++; } }
        }
        // === A.cs ===
        partial class C
        {
            int _n;
            void M() { lock ([|this|]) { _n++; } }
        }
        // === Z.cs ===
        partial class C;
        """,
        """
        // === B.cs ===
        partial class C
        {
            void N() { lock (_gate) { _n++; } }
        }
        // === A.cs ===
        partial class C
        {
            private readonly System.Threading.Lock _gate = new();
            int _n;
            void M() { lock (_gate) { _n++; } }
        }
        // === Z.cs ===
        partial class C;
        """);

    [TestCase("class C { void M() { lock ([|this|]) { } } } class D { void M(C c) { lock (c) { } } }", TestName = "{m}(code that holds the object)")]
    [TestCase("class C { void M() { lock ([|this|]) { } } } class D : C { void N() { lock ([|this|]) { } } }", TestName = "{m}(a derived class and its base)")]
    [TestCase("interface I; class C : I { void M() { lock ([|this|]) { } } } class D { void M(I i) { lock (i) { } } }", TestName = "{m}(code that holds the interface)")]
    [TestCase("class C { void M() { lock ([|this|]) { } D.With(this); } } static class D { public static void With(object o) { lock (o) { } } }", TestName = "{m}(code that locks what it is given)")]
    [TestCase("class C { void M() { var self = this; lock ([|self|]) { } lock ([|this|]) { } } }", TestName = "{m}(an alias)")]
    [TestCase("public class C { public void M() { lock ([|this|]) { } } }", TestName = "{m}(a derived class of another assembly)")]
    [TestCase("using System.Runtime.CompilerServices; class C { void M() { lock ([|this|]) { } } [[|MethodImpl(MethodImplOptions.Synchronized)|]] void N() { } }", TestName = "{m}(a synchronized method)")]
    [TestCase("class C { void M() { lock ([|typeof(C)|]) { } } } class D { void M() { lock ([|typeof(C)|]) { } } }", TestName = "{m}(code that names the type)")]
    [TestCase("class C { void M(System.Type t) { lock ([|typeof(C)|]) { } lock ([|t|]) { } } }", TestName = "{m}(code that was given the type)")]
    [TestCase("class C { void M() { lock ([|\"x\"|]) { } } } class D { void M(string s) { lock ([|s|]) { } } }", TestName = "{m}(code that was given the string)")]
    public Task Fix_is_not_offered_while_the_old_lock_could_be_taken_by(string source) => Verify.OffersNoFixAsync(source);

    [TestCase("record R(int N) { void M() { lock ([|this|]) { } } }", TestName = "{m}(a record, which would compare it)")]
    [TestCase("struct S { void M() { System.Threading.Monitor.Enter([|this|]); } }", TestName = "{m}(a struct, which may be made without it)")]
    [TestCase("[System.Serializable] class C { void M() { lock ([|this|]) { } } }", TestName = "{m}(a serialized class, which may be made without it)")]
    [TestCase("class C { void M() { lock ([|this|]) { } } object Copy() => MemberwiseClone(); }", TestName = "{m}(a class that is copied, with it)")]
    [TestCase("class C { void M() { lock ([|GetType()|]) { } } }", TestName = "{m}(a class with a lock for each derived one)")]
    [TestCase("class C<T> { void M() { lock ([|typeof(C<>)|]) { } lock ([|\"x\"|]) { } lock ([|typeof(C<T>)|]) { } } }", TestName = "{m}(a generic class, which has many)")]
    [TestCase("class C<T> { void M() { lock ([|typeof(C<int>)|]) { } } }", TestName = "{m}(another construction of a generic class)")]
    [TestCase("class C { void M() { lock ([|new object()|]) { } } }", TestName = "{m}(a lock that excludes nobody)")]
    [TestCase("class C { void M() { lock ([|typeof(string)|]) { } } }", TestName = "{m}(a foreign type)")]
    [TestCase("lock ([|\"x\"|]) { System.Console.WriteLine(); }", TestName = "{m}(a program)")]
    public Task Fix_is_not_offered_where_a_gate_would_be_wrong_in(string source) => Verify.OffersNoFixAsync(source);

    [TestCase("public sealed class C", "")]
    [TestCase("public class C", "private C() { } ", TestName = "{m}(a private constructor)")]
    [TestCase("System.Console.WriteLine(); public class C", "", TestName = "{m}(a program)")]
    public Task Fix_is_offered_where_no_other_assembly_can_derive(string head, string constructor) => Verify.FixesAsync(
        $$"""
        {{head}}
        {
            int _n; {{constructor}}
            public void M() { lock ([|this|]) { _n++; } }
        }
        """,
        $$"""
        {{head}}
        {
            private readonly System.Threading.Lock _gate = new();
            int _n; {{constructor}}
            public void M() { lock (_gate) { _n++; } }
        }
        """);

    private static async Task<List<CodeAction>> ActionsAsync(Project project)
    {
        var reported = await RuleRunner.RunAsync([new HRD1001LockOnUnfitObjectAnalyzer()], project, "the test source");
        return await FixRunner.ActionsAsync(new HRD1001LockOnUnfitObjectCodeFix(), project, reported.Single());
    }
}
