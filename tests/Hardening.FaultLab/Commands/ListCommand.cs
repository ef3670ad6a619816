using System.CommandLine;
using Hardening.FaultLab.Faults;
using Spectre.Console;

namespace Hardening.FaultLab.Commands;

/// <summary>What there is.</summary>
internal static class ListCommand
{
    public static Command Make()
    {
        var command = new Command("list", "Lists all faults, and what a report must say of each.");
        command.SetAction(_ =>
        {
            var table = new Table().AddColumn("fault").AddColumn("stalls").AddColumn("right answers").AddColumn("what");
            foreach (var fault in FaultCatalog.All)
            {
                var parts = fault.Facts.Parts.Select(part => string.Join(" or ", part));
                table.AddRow(Markup.Escape(fault.Name), fault.Facts.IsHealthy ? "" : fault.Facts.Stalls, string.Join(" and ", parts), Markup.Escape(fault.Summary));
            }

            AnsiConsole.Write(table);
        });
        return command;
    }
}
