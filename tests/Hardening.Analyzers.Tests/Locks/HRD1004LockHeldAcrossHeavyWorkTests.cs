using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1004LockHeldAcrossHeavyWorkAnalyzer, Hardening.Analyzers.Locks.HRD1004LockHeldAcrossHeavyWorkCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1004LockHeldAcrossHeavyWorkTests
{
    [TestCase("string M() { lock (_gate) { return [|JsonSerializer.Serialize|](_names); } }", TestName = "{m}(serialize)")]
    [TestCase("void M(string text) { lock (_gate) { _names = [|JsonSerializer.Deserialize<List<string>>|](text)!; } }", TestName = "{m}(deserialize)")]
    [TestCase("void M() { lock (_gate) { var sorted = new List<string>(_names); [|sorted.Sort|](); _names = sorted; } }", TestName = "{m}(sort a copy)")]
    [TestCase("List<string> M() { lock (_gate) { return [|_names.OrderBy(n => n).Take(9).ToList|](); } }", TestName = "{m}(a query that sorts)")]
    [TestCase("byte[] M(byte[] bytes) { lock (_l) { return [|SHA256.HashData|](bytes); } }", TestName = "{m}(hash, under a Lock)")]
    [TestCase("void M(byte[] bytes) { using (_l.EnterScope()) { [|_hash.ComputeHash|](bytes); } }", TestName = "{m}(hash, in a scope)")]
    [TestCase("void M(Stream to) { using var scope = _l.EnterScope(); using var zip = new GZipStream(to, CompressionLevel.Fastest); [|zip.Write|](_bytes, 0, 1); }", TestName = "{m}(compress, after a scope declaration)")]
    [TestCase("string M() { Monitor.Enter(_gate); try { return [|JsonSerializer.Serialize|](_names); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(between Enter and Exit)")]
    [TestCase("void M() { lock (_gate) { [|Rebuild|](); } } void Rebuild() { var sorted = _names.ToArray(); Array.Sort(sorted); }", TestName = "{m}(a call)")]
    [TestCase("async Task M() { await Task.Yield(); lock (_gate) { _text = [|JsonSerializer.Serialize|](_names); } }", TestName = "{m}(async)")]
    [TestCase("IEnumerable<int> M() { lock (_gate) { _text = [|JsonSerializer.Serialize|](_names); } yield return 1; }", TestName = "{m}(an iterator)")]
    [TestCase("void M() { Action later = () => { lock (_gate) { _text = [|JsonSerializer.Serialize|](_names); } }; later(); }", TestName = "{m}(a lambda)")]
    [TestCase("void M() { Local(); void Local() { lock (_gate) { _text = [|JsonSerializer.Serialize|](_names); } } }", TestName = "{m}(a local function)")]
    [TestCase("string Text { get { lock (_gate) { return [|JsonSerializer.Serialize<object>|](_names); } } }", TestName = "{m}(a property, a generic call)")]
    public Task Reports(string members) => Verify.ReportsAsync(In(members));

    [TestCase("void M() { lock (_gate) { _names.Sort(); } }", TestName = "{m}(a list that is sorted where it is kept)")]
    [TestCase("void M() { lock (_gate) { Array.Sort(_bytes); } }", TestName = "{m}(an array that is sorted where it is kept)")]
    [TestCase("void M() { lock (_gate) { Rebuild(); } } void Rebuild() { _names.Sort(); }", TestName = "{m}(the same in a call)")]
    [TestCase("void M() { string[] names; lock (_gate) { names = _names.ToArray(); } Array.Sort(names); }", TestName = "{m}(work on a copy, after the lock)")]
    [TestCase("void M(byte[] line) { lock (_gate) { _bytes = SHA256.HashData([.. _bytes, .. line]); } }", TestName = "{m}(a chain: the field is replaced by what is made of it)")]
    [TestCase("void M() { lock (_gate) { _names = _names.Where(n => n.Length > 1).ToList(); } }", TestName = "{m}(a query that only selects)")]
    [TestCase("object? _all; void M(string text) { lock (_gate) { if (_all == null) { _all = JsonSerializer.Deserialize<object>(text); } } }", TestName = "{m}(what is made once)")]
    [TestCase("object? _all; object M(string text) { lock (_gate) { return _all ??= JsonSerializer.Deserialize<object>(text)!; } }", TestName = "{m}(what is made once, by an operator)")]
    [TestCase("void M() { lock (_gate) { _names = Sorted(); } } List<string> Sorted() => _names.Order().ToList();", TestName = "{m}(a query that sorts, behind a call)")]
    [TestCase("void M(int id) { lock (_gate) { _text = JsonSerializer.Serialize(id); } }", TestName = "{m}(a number)")]
    [TestCase("void M(Guid id) { lock (_gate) { _text = JsonSerializer.Serialize(id); } }", TestName = "{m}(an id)")]
    [TestCase("void M() { lock (_gate) { SHA256.HashData(new byte[] { 1, 2 }); } }", TestName = "{m}(a few constants)")]
    [TestCase("void M() { lock (_gate) { _names.Add(string.Join(\",\", _names)); } }", TestName = "{m}(what is light)")]
    [TestCase("void M() { lock (_gate) { Task.Run(() => JsonSerializer.Serialize(_names)); } }", TestName = "{m}(work that is only started)")]
    [TestCase("void M() { lock (_gate) { Save(); } } async void Save() { await Task.Yield(); JsonSerializer.Serialize(_names); }", TestName = "{m}(an async method)")]
    [TestCase("void M() { lock (_gate) { File.WriteAllText(\"a\", \"b\"); } }", TestName = "{m}(what blocks: another rule's)")]
    [TestCase("void M() { lock (_gate) { Save(); } } void Save() { lock (_gate) { _text = [|JsonSerializer.Serialize|](_names); } }", TestName = "{m}(the same lock again: reported there)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(In(members));

    [Test]
    public Task Message_names_the_path() => Verify.ReportsAsync(
        In("void M() { lock (_gate) { [|Rebuild|](); } } void Rebuild() { var sorted = _names.ToArray(); Array.Sort(sorted); }"),
        message: "'M' holds the lock '_gate' while 'Rebuild → Array.Sort' works, so every thread that needs the lock waits for a result that is not its own");

    [Test]
    public Task Fix_copies_a_list_under_the_lock_and_works_after_it() => Verify.FixesAsync(
        In("""
            public string Save()
            {
                // Above.
                lock (_gate)
                {
                    return [|JsonSerializer.Serialize|](_names); // Behind.
                }
            }
        """),
        In("""
            public string Save()
            {
                // Above.
                string[] names;
                lock (_gate)
                {
                    names = _names.ToArray(); // Behind.
                }

                return JsonSerializer.Serialize(names);
            }
        """));

    [Test]
    public Task Fix_copies_an_array() => Verify.FixesAsync(
        In("""
            public void Save()
            {
                lock (_gate)
                {
                    _count++;
                    [|_hash.ComputeHash|](_bytes);
                }
            }
        """.Replace("_hash", "Hash", StringComparison.Ordinal)),
        In("""
            public void Save()
            {
                byte[] bytes;
                lock (_gate)
                {
                    _count++;
                    bytes = (byte[])_bytes.Clone();
                }

                Hash.ComputeHash(bytes);
            }
        """));

    [Test]
    public Task Fix_works_before_the_lock_where_it_needs_nothing_of_it() => Verify.FixesAsync(
        In("""
            public void Add(List<int> numbers)
            {
                // Above.
                lock (_gate)
                {
                    // Text.
                    var text = [|JsonSerializer.Serialize|](numbers); // Behind.
                    _names.Add(text);
                }
            }
        """),
        In("""
            public void Add(List<int> numbers)
            {
                // Text.
                var text = JsonSerializer.Serialize(numbers); // Behind.
                // Above.
                lock (_gate)
                {
                    _names.Add(text);
                }
            }
        """));

    [Test]
    public Task Fix_works_after_the_lock_where_it_needs_nothing_of_it() => Verify.FixesAsync(
        In("""
            public string Add(List<int> numbers)
            {
                lock (_gate)
                {
                    _count++;
                    // Text.
                    return [|JsonSerializer.Serialize|](numbers);
                }
            }
        """),
        In("""
            public string Add(List<int> numbers)
            {
                lock (_gate)
                {
                    _count++;
                }

                // Text.
                return JsonSerializer.Serialize(numbers);
            }
        """));

    [Test]
    public Task Fix_All_fixes_every_lock() => Verify.FixesAllAsync(
        In("""
            public string One()
            {
                lock (_gate)
                {
                    return [|JsonSerializer.Serialize|](_names);
                }
            }

            public string Two()
            {
                lock (_gate)
                {
                    return [|JsonSerializer.Serialize|](_bytes);
                }
            }
        """),
        In("""
            public string One()
            {
                string[] names;
                lock (_gate)
                {
                    names = _names.ToArray();
                }

                return JsonSerializer.Serialize(names);
            }

            public string Two()
            {
                byte[] bytes;
                lock (_gate)
                {
                    bytes = (byte[])_bytes.Clone();
                }

                return JsonSerializer.Serialize(bytes);
            }
        """));

    [TestCase("string M() { lock (_gate) { return [|JsonSerializer.Serialize|](_orders); } }", TestName = "{m}(elements can change)")]
    [TestCase("string M() { lock (_gate) { return [|JsonSerializer.Serialize|](Names()); } } List<string> Names() => _names;", TestName = "{m}(a method of the type gives the data)")]
    [TestCase("void M() { lock (_gate) { _text = [|JsonSerializer.Serialize|](_names); } }", TestName = "{m}(the result is guarded too)")]
    [TestCase("void M() { lock (_gate) { var text = [|JsonSerializer.Serialize|](_names); _names.Add(text); } }", TestName = "{m}(the result is used under the lock)")]
    [TestCase("void M() { if (_count > 0) lock (_gate) { _ = [|JsonSerializer.Serialize|](_names); } }", TestName = "{m}(no block around the lock)")]
    [TestCase("string M() { Monitor.Enter(_gate); try { return [|JsonSerializer.Serialize|](_names); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(between Enter and Exit)")]
    [TestCase("void M() { lock (_gate) { [|Rebuild|](); } } void Rebuild() { var sorted = _names.ToArray(); Array.Sort(sorted); }", TestName = "{m}(the work is behind a call)")]
    public Task Fix_is_not_offered_where(string members) => Verify.OffersNoFixAsync(In(members));

    private static string In(string members) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.IO.Compression;
        using System.Linq;
        using System.Security.Cryptography;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;

        sealed class Order { public int Amount; }

        class C
        {
            static readonly HashAlgorithm Hash = SHA256.Create();
            readonly object _gate = new();
            readonly Lock _l = new();
            readonly HashAlgorithm _hash = SHA256.Create();
            readonly List<Order> _orders = new();
            List<string> _names = new();
            byte[] _bytes = new byte[9];
            string _text = "";
            int _count;

            {{members}}
        }
        """;
}
