using System.CommandLine;
using Hardening.Cli.Projects;

namespace Hardening.Cli.Commands;

/// <summary>What verbs that build code have in common.</summary>
internal sealed class BuildOptions
{
    private readonly Option<string?> _configuration = new("--configuration", "-c") { Description = "The configuration that is built." };
    private readonly Option<string[]> _properties = new("--property", "-p") { Description = "A property for the build, such as TargetFrameworks=net10.0. May be given several times." };
    private readonly Option<TimeSpan> _buildLimit = new("--build-limit") { Description = "How long the build may take, such as 30m. Default 30m.", DefaultValueFactory = _ => new LoadOptions().BuildLimit };

    public BuildOptions()
    {
        _properties.Validators.Add(given =>
        {
            if (given.Tokens.FirstOrDefault(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1) is { } strange)
            {
                given.AddError($"'{strange.Value}' is no property: give Name=Value.");
            }
        });
        _buildLimit.CustomParser = Duration.Parse;
    }

    public void AddTo(Command command)
    {
        command.Add(_configuration);
        command.Add(_properties);
        command.Add(_buildLimit);
    }

    public LoadOptions Read(ParseResult arguments) => new()
    {
        Configuration = arguments.GetValue(_configuration),
        Properties = arguments.GetValue(_properties) ?? [],
        BuildLimit = arguments.GetValue(_buildLimit),
    };
}
