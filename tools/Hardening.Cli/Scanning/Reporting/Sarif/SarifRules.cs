namespace Hardening.Cli.Scanning.Reporting.Sarif;

/// <summary>Rules as reporting descriptors.</summary>
internal static class SarifRules
{
    public static SarifRule Describe(ScannedRule rule)
    {
        var page = RulePage.Read(rule);
        return new SarifRule
        {
            Id = rule.Id,
            ShortDescription = new SarifText(rule.Title),
            FullDescription = new SarifText(rule.Description.Length > 0 ? rule.Description : rule.Title),
            DefaultConfiguration = new SarifLevel(LevelOf(rule.Severity)),
            HelpUri = RulePage.LinkTo(rule),
            Help = new SarifText(page ?? $"{rule.Title}. {rule.HelpUri}".TrimEnd()) { Markdown = page },
            Properties = new SarifRuleProperties(rule.Category, ["reliability", rule.Category.Split('.')[^1].ToLowerInvariant()], ProblemSeverityOf(rule.Severity)),
        };
    }

    public static string LevelOf(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "note",
    };

    private static string ProblemSeverityOf(FindingSeverity severity) => severity == FindingSeverity.Info ? "recommendation" : LevelOf(severity);
}
