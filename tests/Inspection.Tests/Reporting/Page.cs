using System.Xml;
using System.Xml.Linq;

namespace Inspection.Tests.Reporting;

/// <summary>A page as a tree: it is well-formed XML, so that what is not closed or not escaped is found.</summary>
internal static class Page
{
    public static XElement Parse(string html)
    {
        Assert.That(html, Does.StartWith("<!DOCTYPE html>\n"));
        using var reader = XmlReader.Create(new StringReader(html["<!DOCTYPE html>\n".Length..]), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XElement.Load(reader);
    }

    /// <summary>The text of the cells of the table of a class, row by row.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(XElement page, string table) =>
        [.. page.Descendants("table").Single(one => (string?)one.Attribute("class") == table).Descendants("tr").Select(row => row.Elements().Select(cell => cell.Value).ToList())];
}
