namespace Hardening.Processes;

/// <content>The event of its end.</content>
public sealed partial class SupervisedProcess
{
    /// <summary>Raised once when the process has exited, on a pool thread, if <see cref="EnableRaisingEvents"/> is or becomes true. An exception of a handler is logged.</summary>
    public event EventHandler? Exited { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>Whether <see cref="Exited"/> is raised. Default false. Set after the exit, it is raised then.</summary>
    public bool EnableRaisingEvents { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }
}
