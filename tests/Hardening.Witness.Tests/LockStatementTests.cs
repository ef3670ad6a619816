extern alias program;

using program::Hardening.Witness;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Hardening.Witness.Tests;

public sealed class LockStatementTests
{
    private static readonly object s_gate = new();
    private static readonly Lock s_lock = new();
    private static int s_count;

    [Test]
    public void A_wait_out_of_line_is_at_the_one_statement_that_takes_a_lock()
    {
        var last = new RawFrame("Once", typeof(LockStatementTests).Assembly.Location, Token(nameof(Once)), int.MaxValue);
        Assert.That(new SourceLines().Of(last)!.Line, Is.GreaterThan(Once(take: false) + 1), "the end of the method, as the map of places has it");
        var line = new SourceLines().Of(last, LockKind.Monitor)!;
        Assert.That((line.File, line.Line), Is.EqualTo((File(), Once(take: false) + 1)));
    }

    [Test]
    public void A_place_that_takes_a_lock_is_left_as_it_is()
    {
        var first = new RawFrame("Twice", typeof(LockStatementTests).Assembly.Location, Token(nameof(Twice)), 0);
        var lines = Enumerable.Range(0, 120).Select(offset => new SourceLines().Of(first with { IlOffset = offset }, LockKind.Monitor)!.Line - Twice(take: false)).ToHashSet();
        Assert.That(lines, Is.SupersetOf(new[] { 1, 6 }), "each of the two by its own places");
    }

    [Test]
    public void A_lock_without_a_place_of_its_own_is_found_by_its_block()
    {
        var offsets = Enumerable.Range(0, 40).Select(offset => new RawFrame("New", typeof(LockStatementTests).Assembly.Location, Token(nameof(New)), offset));
        Assert.That(offsets.Select(frame => new SourceLines().Of(frame, LockKind.Lock)!.Line - New(take: false)), Has.Some.EqualTo(2));
    }

    private static int Token(string method) => typeof(LockStatementTests).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MetadataToken;

    private static string File([CallerFilePath] string path = "") => path;

    private static int Line([CallerLineNumber] int line = 0) => line;

    private static int Once(bool take)
    {
        var line = take ? 0 : Line();
        lock (s_gate)
        {
            s_count += take ? 1 : 0;
        }

        return line;
    }

    private static int Twice(bool take)
    {
        var line = take ? 0 : Line();
        lock (s_gate)
        {
            s_count += take ? 1 : 0;
        }

        lock (s_gate)
        {
            s_count += take ? 1 : 0;
        }

        return line;
    }

    private static int New(bool take)
    {
        var line = take ? 0 : Line();
        s_count += line > 0 ? 0 : 1;
        lock (s_lock)
        {
            s_count += take ? 1 : 0;
        }

        return line;
    }
}
