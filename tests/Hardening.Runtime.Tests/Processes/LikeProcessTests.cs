using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

/// <summary>SupervisedProcess against Process, by reflection: what has the same name has the same shape, and the page tells what is left out.</summary>
public sealed partial class LikeProcessTests
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    private static readonly string[] OfEveryObject = ["Equals", "GetHashCode", "GetType", "ToString", "GetLifetimeService", "InitializeLifetimeService"];

    public static IEnumerable<MemberInfo> MembersOfProcess() =>
        typeof(Process).GetMembers(Public).Where(member => member is not MethodBase { IsSpecialName: true } and not ConstructorInfo && !OfEveryObject.Contains(member.Name));

    [Test]
    public void What_has_the_same_name_has_the_same_shape()
    {
        foreach (var member in MembersOfProcess())
        {
            var twins = typeof(SupervisedProcess).GetMember(member.Name, Public);
            switch (member)
            {
                case PropertyInfo property when twins.Length > 0:
                    Assert.That(((PropertyInfo)twins[0]).PropertyType, Is.EqualTo(property.PropertyType), member.Name);
                    break;
                case EventInfo raised when twins.Length > 0:
                    Assert.That(((EventInfo)twins[0]).EventHandlerType, Is.EqualTo(raised.EventHandlerType), member.Name);
                    break;
                case MethodInfo method when TwinOf(method) is { } twin:
                    // The one that is meant to differ: Start gives the type itself, and never null.
                    Assert.That(twin.ReturnType, Is.EqualTo(method.Name == "Start" ? typeof(SupervisedProcess) : method.ReturnType), member.ToString());
                    break;
                default:
                    break;
            }
        }
    }

    [Test]
    public void Properties_that_can_be_set_there_can_be_set_here_but_for_the_start_information()
    {
        var settable = MembersOfProcess().OfType<PropertyInfo>()
            .Where(property => property.CanWrite && typeof(SupervisedProcess).GetProperty(property.Name) is { CanWrite: false }).Select(property => property.Name);
        Assert.That(settable, Is.EqualTo(["StartInfo"]));
    }

    [Test]
    public void The_page_tells_every_member_that_is_left_out_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs", "runtime", "processes.md"));
        var table = page[page.IndexOf("### Left out", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("\n#", 5, StringComparison.Ordinal)];
        var told = Row().Matches(table).SelectMany(row => Name().Matches(row.Groups[1].Value)).Select(name => name.Groups[1].Value);
        var missing = MembersOfProcess().Where(member => member is MethodInfo method ? TwinOf(method) is null : typeof(SupervisedProcess).GetMember(member.Name, Public).Length == 0)
            .Select(member => member is MethodInfo method && typeof(SupervisedProcess).GetMember(member.Name, Public).Length > 0 ? Signature(method) : member.Name);
        Assert.That(told.Order(StringComparer.Ordinal), Is.EqualTo(missing.Distinct().Order(StringComparer.Ordinal)));
    }

    // A method that every call of the given one can be turned to: the same parameters first, and only optional ones after them.
    private static MethodInfo? TwinOf(MethodInfo method) =>
        typeof(SupervisedProcess).GetMethods(Public).FirstOrDefault(twin =>
            twin.Name == method.Name && twin.IsStatic == method.IsStatic
            && twin.GetParameters() is var given && method.GetParameters() is var wanted && given.Length >= wanted.Length
            && given.Take(wanted.Length).Select(parameter => (parameter.ParameterType, parameter.Name)).SequenceEqual(wanted.Select(parameter => (parameter.ParameterType, parameter.Name)))
            && given.Skip(wanted.Length).All(parameter => parameter.IsOptional));

    private static string Signature(MethodInfo method) => $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.Name))})";

    [GeneratedRegex(@"^\| (.*?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
