extern alias program;

using program::Hardening.Witness;

namespace Hardening.Witness.Tests;

/// <summary>Methods have the names that they have in the source.</summary>
public sealed class MethodTextTests
{
    [TestCase("Shop.Server", "Archive", "Shop.Server.Archive")]
    [TestCase("Shop.Server+Worker", "Run", "Shop.Server.Worker.Run")]
    [TestCase("Shop.Server+<RunAsync>d__5", "MoveNext", "Shop.Server.RunAsync")]
    [TestCase("Shop.Server+<>c", "<Main>b__0_0", "Shop.Server.Main.lambda")]
    [TestCase("Shop.Server+<>c__DisplayClass1_0", "<Main>b__0", "Shop.Server.Main.lambda")]
    [TestCase("Shop.Server+<>c__DisplayClass1_0+<<Main>b__0>d", "MoveNext", "Shop.Server.Main.lambda")]
    [TestCase("Program", "<Main>$", "Program.<Main>$")]
    [TestCase("Program+<<Main>$>d__0", "MoveNext", "Program.<Main>$")]
    [TestCase("Program+<>c__DisplayClass0_0", "<<Main>$>b__0", "Program.<Main>$.lambda")]
    [TestCase("Program", "<<Main>$>g__Save|0_0", "Program.<Main>$.Save")]
    [TestCase("Program+<<<Main>$>g__Save|0_0>d", "MoveNext", "Program.<Main>$.Save")]
    [TestCase("Shop.Server", "<Main>g__Wait|0_1", "Shop.Server.Main.Wait")]
    [TestCase("Shop.Server+<<Main>g__Wait|0_1>d", "MoveNext", "Shop.Server.Main.Wait")]
    [TestCase("System.Collections.Generic.List<System.String>+Enumerator", "MoveNext", "System.Collections.Generic.List.Enumerator.MoveNext")]
    [TestCase("System.Collections.Generic.Dictionary`2[[System.String, System.Private.CoreLib],[System.Int32, System.Private.CoreLib]]", "Add", "System.Collections.Generic.Dictionary.Add")]
    [TestCase("Shop.Map<System.String, Shop.List<System.Int32>>+<LoadAsync>d__1", "MoveNext", "Shop.Map.LoadAsync")]
    [TestCase("Shop.Libc", "Receive[[Shop.Message, Shop]]", "Shop.Libc.Receive")]
    [TestCase("Shop.Server", ".ctor", "Shop.Server..ctor")]
    [TestCase(null, "Lightweight", "Lightweight")]
    public void Name_is_that_of_the_source(string? type, string method, string expected) => Assert.That(MethodText.Of(type, method), Is.EqualTo(expected));

    [TestCase("ILStubClass", "IL_STUB_PInvoke")]
    [TestCase("Shop.Server", null)]
    public void Glue_of_the_runtime_has_none(string? type, string? method) => Assert.That(MethodText.Of(type, method), Is.Null);
}
