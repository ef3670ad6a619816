using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Hardening.Runtime.Tests.Reference;

/// <summary>The doc comments of an assembly, from the file that the compiler has put beside it, as Markdown on one line.</summary>
internal sealed partial class XmlDocs(Assembly assembly)
{
    private readonly Dictionary<string, XElement> _members =
        XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    public string Summary(Type type) => Text($"T:{type.FullName}", "summary", type);

    public string Remarks(Type type) => Text($"T:{type.FullName}", "remarks", type);

    public string Summary(MemberInfo member) =>
        Text($"{(member is PropertyInfo ? 'P' : 'F')}:{member.DeclaringType!.FullName}.{member.Name}", "summary", member.DeclaringType);

    private string Text(string member, string part, Type around) =>
        _members.TryGetValue(member, out var docs) && docs.Element(part) is { } text ? Space().Replace(string.Concat(text.Nodes().Select(node => Markdown(node, around))), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal) : "";

    private static string Markdown(XNode node, Type around) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } reference => $"`{Short(reference.Value, around)}`",
        XElement { Name.LocalName: "see" } see when see.Attribute("langword") is { } word => $"`{word.Value}`",
        XElement { Name.LocalName: "paramref" } parameter => $"`{parameter.Attribute("name")!.Value}`",
        XElement { Name.LocalName: "para" } paragraph => $" {string.Concat(paragraph.Nodes().Select(inner => Markdown(inner, around)))} ",
        _ => throw new InvalidOperationException($"No Markdown for '{node}' in the docs of {around}."),
    };

    // A member of the type itself by its name, of another one as Type.Member.
    private static string Short(string reference, Type around)
    {
        var parts = reference[2..].Split('(')[0].Split('.');
        var name = Arity().Replace(parts[^1], "");
        return reference[0] == 'T' || parts[^2] == around.Name ? name : $"{Arity().Replace(parts[^2], "")}.{name}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("`+[0-9]+")]
    private static partial Regex Arity();
}
