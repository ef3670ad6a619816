namespace Hardening.Processes;

/// <summary>How the application's supervisor is started. Set once, before the first child (<see cref="ProcessTree.Configure"/>).</summary>
public sealed class SupervisorOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string SectionName = "Hardening:Supervisor";

    /// <summary>What holds descendants together. One that is asked for and cannot be had is an error at start; default <see cref="Containment.Automatic"/>.</summary>
    public Containment Containment { get; set; } = Containment.Automatic;

    /// <summary>How long the supervisor may take to start or to answer before it is given up and ended. 1 s to 5 min; default 30 s.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
