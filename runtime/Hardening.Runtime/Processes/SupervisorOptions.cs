using Microsoft.Extensions.Options;

namespace Hardening.Processes;

/// <summary>How the application's supervisor is started. Set once, before the first child (<see cref="ProcessTree.Configure"/>).</summary>
public sealed class SupervisorOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string SectionName = "Hardening:Supervisor";

    /// <summary>What holds descendants together. One that is asked for and cannot be had is an error at start; default <see cref="Containment.Automatic"/>.</summary>
    public Containment Containment { get; set; } = Containment.Automatic;

    /// <summary>How long the supervisor may take to start or to answer before it is given up and ended. 100 ms to 5 min; default 30 s.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>By hand rather than by attribute: it says why, and it needs no reflection (AOT).</summary>
internal sealed class SupervisorOptionsValidator : IValidateOptions<SupervisorOptions>
{
    public ValidateOptionsResult Validate(string? name, SupervisorOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Containment))
        {
            result.AddError($"must be one of {string.Join(", ", Enum.GetNames<Containment>())}, but is {options.Containment}.", nameof(options.Containment));
        }

        if (options.AnswerTimeout < TimeSpan.FromMilliseconds(100) || options.AnswerTimeout > TimeSpan.FromMinutes(5))
        {
            result.AddError($"must be 100 ms to 5 min, but is {options.AnswerTimeout}.", nameof(options.AnswerTimeout));
        }

        return result.Build();
    }
}
