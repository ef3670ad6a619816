using System.Globalization;
using System.Text;
using Hardening.Interop;
using Hardening.Processes;
using Hardening.Processes.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Supervisor;

/// <summary>The small process that owns every supervised child of one application.</summary>
internal static class Program
{
    /// <summary>What to do: "serve", or "sweep brand grace group".</summary>
    public const string Variable = "HARDENING_SUPERVISOR";

    private const int Line = 3; // the descriptor to the application
    private const int SweepGrace = 2_000; // ms, for what a dead instance of the application left

    /// <summary>What ps and top call the supervisor; no program that it starts is called so.</summary>
    public static ReadOnlySpan<byte> Name => "hardening-super"u8;

    // Without the end of a runtime, which waits for ever for threads that it could not start where processes are exhausted.
    private static void Main() => Libc.Exit(Run());

    public static int Run()
    {
        try
        {
            var task = Environment.GetEnvironmentVariable(Variable)?.Split(' ', 4) ?? [];
            switch (task)
            {
                case ["serve"]:
                    Serve();
                    return 0;
                case ["sweep", var brand, var grace, var group]:
                    SweepAfter(ulong.Parse(brand, CultureInfo.InvariantCulture), int.Parse(grace, CultureInfo.InvariantCulture), group);
                    return 0;
                default:
                    throw new InvalidOperationException("This program belongs to Hardening.Runtime, which starts it; by itself it does nothing.");
            }
        }
        catch (Exception e)
        {
            Tell(e is InvalidOperationException ? e.Message : e.ToString());
            return 1;
        }
    }

    private static void Serve()
    {
        Libc.SetName(Name);
        IgnoreSignals();
        Libc.BecomeSubreaper();

        var control = new Control(new SafeFileHandle(Line, ownsHandle: true));
        var hello = control.ReceiveHello(out var application);
        if (hello.Value != SupervisorMessage.ProtocolVersion)
        {
            throw new InvalidOperationException($"The application speaks version {hello.Value} of the protocol, its supervisor version {SupervisorMessage.ProtocolVersion}: they are of two packages.");
        }

        var start = ProcessLook.At(Environment.ProcessId).Start;
        Brand BrandOf(uint tree) => Brand.Of(Environment.ProcessId, start, hello.Tree, tree);

        var asked = (Containment)hello.Detail;
        var isInNamespace = asked == Containment.PidNamespace;
        if (isInNamespace && Environment.ProcessId != 1)
        {
            throw new InvalidOperationException("The supervisor is not the first process of a PID namespace.");
        }

        var why = "";
        var group = asked is Containment.Automatic or Containment.Cgroup ? ControlGroup.TryCreate(hello.Tree, Environment.ProcessId, start, out why) : null;
        var guard = isInNamespace ? null : Guard.TryStart(BrandOf(Family.Stray), group?.Path ?? "-"); // before the group and the brand: it is in neither
        if (group is not null && !group.TryJoin(out why))
        {
            group.TryRemove();
            group = null;
        }

        if (group is null && asked == Containment.Cgroup)
        {
            guard?.Dismiss();
            throw new InvalidOperationException($"Containment by a control group was asked for, and cannot be had: {why.TrimEnd('.')}.");
        }

        var isBranded = BrandOf(Family.Stray).TryPutOn();
        var own = BrandOf(Family.Stray);
        var sweep = isInNamespace || !isBranded ? null : new Sweep(brand => brand.Application == own.Application && IsDead(brand), SweepGrace, kill: group is null ? null : group.KillDead, tidy: group is null ? null : group.TryRemoveDead);
        Supervision supervision;
        try
        {
            supervision = new Supervision(control, application, BrandOf, guard, sweep);
        }
        catch
        {
            guard?.Dismiss(); // no thread or descriptor is to be had; there is no child yet
            group?.Leave();
            throw;
        }

        control.Send(new SupervisorMessage
        {
            Kind = MessageKind.Ready,
            Value = (int)(isInNamespace ? Containment.PidNamespace : group is null ? Containment.Subreaper : Containment.Cgroup),
            Detail = (int)((guard is not null || isInNamespace ? ReadyDetails.Guarded : 0) | (isBranded ? ReadyDetails.Branded : 0)),
        });

        supervision.Run();

        guard?.Dismiss();
        group?.Leave();
    }

    // In place of a supervisor that was killed.
    private static void SweepAfter(ulong supervisor, int gracePeriod, string group)
    {
        Libc.SetName("hardening-sweep"u8);
        IgnoreSignals();
        var sweep = new Sweep(brand => brand.Supervisor == supervisor, gracePeriod, () => ControlGroup.Kill(group), () => ControlGroup.TryRemove(group));
        while (!sweep.Step())
        {
            _ = Libc.Poll(default, (int)Math.Max(1, sweep.DueAt - Environment.TickCount64));
        }
    }

    private static bool IsDead(Brand brand) => ProcessLook.At(brand.SupervisorId) is var look && !(look.IsAlive && look.Start == brand.SupervisorStart);

    // A service manager's SIGTERM and a terminal's SIGINT are for the application: its end is what counts here. What is started has every signal as at boot.
    private static void IgnoreSignals()
    {
        foreach (var signal in (ReadOnlySpan<int>)[Libc.SIGHUP, Libc.SIGINT, Libc.SIGQUIT, Libc.SIGUSR1, Libc.SIGUSR2, Libc.SIGPIPE, Libc.SIGALRM, Libc.SIGTERM, Libc.SIGTSTP, Libc.SIGTTIN, Libc.SIGTTOU])
        {
            Libc.Ignore(signal);
        }
    }

    private static unsafe void Tell(string text)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(text + "\n"))
        {
            _ = Libc.write(2, bytes, (nuint)Encoding.UTF8.GetByteCount(text) + 1);
        }
    }
}
