extern alias program;

using program::Hardening.Witness;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Hardening.Witness.Tests;

public sealed class LockStatementTests
{
    private static readonly Lock s_lock = new();
    private static int s_count;

    [TestCase(nameof(AfterAStatement), 3)]
    [TestCase(nameof(First), 2)]
    [TestCase(nameof(OnOneLine), 1)]
    [TestCase(nameof(ByUsing), 2)]
    [TestCase(nameof(ByCall), 2)]
    public void A_statement_that_takes_a_lock_has_its_line(string method, int line)
    {
        var info = typeof(LockStatementTests).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!;
        var declared = (int)info.Invoke(null, [false])!;
        var body = info.GetMethodBody()!.GetILAsByteArray()!;
        var taking = Enumerable.Range(1, body.Length - 4).Single(at => body[at - 1] is 0x28 or 0x6F && Resolve(info, BitConverter.ToInt32(body, at)) is { Name: "EnterScope" or "Enter", DeclaringType.FullName: "System.Threading.Lock" });
        var frame = new RawFrame(method, typeof(LockStatementTests).Assembly.Location, info.MetadataToken, taking - 1);
        Assert.That(new SourceLines().Of(frame, takesLock: true)!.Line - declared, Is.EqualTo(line));
    }

    private static MethodBase? Resolve(MethodInfo method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token);
        }
        catch (Exception e) when (e is ArgumentException or BadImageFormatException)
        {
            return null; // bytes that are no number of a method
        }
    }

    private static int Line([CallerLineNumber] int line = 0) => line;

    private static int AfterAStatement(bool take)
    {
        s_count += take ? 1 : 0; var line = Line() - 1;

        lock (s_lock)
        {
            s_count += take ? 1 : 0;
        }

        return line;
    }

    private static int First(bool take)
    {
        lock (s_lock)
        {
            return take ? 0 : Line() - 4;
        }
    }

    private static int OnOneLine(bool take)
    {
        lock (s_lock) { return take ? 0 : Line() - 1; }
    }

    private static int ByUsing(bool take)
    {
        var line = take ? 0 : Line() - 1;
        using (s_lock.EnterScope())
        {
            s_count += take ? 1 : 0;
        }

        return line;
    }

    private static int ByCall(bool take)
    {
        var line = take ? 0 : Line() - 1;
        s_lock.Enter();
        try
        {
            s_count += take ? 1 : 0;
        }
        finally
        {
            s_lock.Exit();
        }

        return line;
    }
}
