using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hardening.Processes;

/// <summary>What a <see cref="RestartingProcess"/> runs, and when it is restarted.</summary>
public sealed class RestartingProcessOptions
{
    /// <summary>The configuration section; the options of the process <c>name</c> are bound to <c>Hardening:SupervisedProcess:name</c>.</summary>
    public const string SectionName = "Hardening:SupervisedProcess";

    /// <summary>The program: a path, or a name that is looked for as <c>Process</c> does. Required.</summary>
    public string FileName { get; set; } = "";

    /// <summary>The arguments, each as the program gets it: there is no quoting. Default none.</summary>
    public IList<string> Arguments { get; } = [];

    /// <summary>The working directory; null for the application's own.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>Variables beside, or instead of, those that the application has; null takes one away. Default none.</summary>
    public IDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>The time between SIGTERM and SIGKILL when it is stopped. 0 to 10 min; default 5 s.</summary>
    public TimeSpan StopGracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Resource limits; null for those of the application.</summary>
    public ProcessLimits? Limits { get; set; }

    /// <summary>Its lines of output and error go to the log, as events 3420 and 3421, rather than to the streams of the application. Default false.</summary>
    public bool LogOutput { get; set; }

    /// <summary>When it is restarted, and when it is given up.</summary>
    public RestartPolicy Restart { get; set; } = new();

    internal SupervisionOptions Supervision(string? name, ILogger? logger, ProcessMetrics metrics) =>
        new() { Name = name, StopGracePeriod = StopGracePeriod, Limits = Limits is null ? null : Limits with { }, Logger = logger, Metrics = metrics };
}

/// <summary>By hand rather than by attribute: it says why, and needs no reflection (AOT).</summary>
internal sealed class RestartingProcessOptionsValidator : IValidateOptions<RestartingProcessOptions>
{
    public ValidateOptionsResult Validate(string? name, RestartingProcessOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.FileName))
        {
            result.AddError("must name the program to run.", nameof(options.FileName));
        }

        // The grace period and the limits, as where they are used.
        result.AddResult(new SupervisionOptionsValidator().Validate(name, options.Supervision(name: null, logger: null, ProcessMetrics.Shared)));
        foreach (var variable in options.Environment.Keys.Where(variable => variable.Length == 0 || variable.Contains('=', StringComparison.Ordinal)))
        {
            result.AddError($"has '{variable}', which is no name of a variable.", nameof(options.Environment));
        }

        RestartPolicyValidator.Validate(options.Restart, nameof(options.Restart) + ":", result);
        return result.Build();
    }
}
