using Hardening.Stalls.Protocol;
using Hardening.Witness.Interop;

namespace Hardening.Witness;

/// <summary>Serves one application until its line closes.</summary>
internal sealed class Session(WitnessWire wire, TimeProvider time)
{
    private static readonly TimeSpan GreetingLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <exception cref="InvalidDataException">What came over the line is not of the protocol.</exception>
    public void Run(int ownerId)
    {
        wire.Send(new WitnessMessage { Hello = new WitnessHello(WitnessMessage.ProtocolVersion, Environment.ProcessId) });
        if (Receive(GreetingLimit)?.Welcome is not { } welcome)
        {
            throw new InvalidDataException("The application did not answer the greeting of its witness.");
        }

        if (welcome.Version != WitnessMessage.ProtocolVersion)
        {
            throw new InvalidDataException($"The application speaks version {welcome.Version} of the protocol, its witness version {WitnessMessage.ProtocolVersion}: they are of two packages.");
        }

        using var stacks = new Stacks(welcome.TargetId > 0 ? welcome.TargetId : ownerId, welcome, time);
        var first = stacks.Warm();
        wire.Send(new WitnessMessage { Ready = new WitnessReady((int)(first.Took / 1000), first.Missing) });
        var judge = new Judge(ownerId, welcome, stacks, time);
        while (wire.TryReceive(LookEvery, out var message))
        {
            if (message is null)
            {
                judge.Silent(LookEvery);
                continue;
            }

            if (judge.Heard() is { } freeze)
            {
                wire.Send(new WitnessMessage { Freeze = freeze });
            }

            if (message.Request is { } request)
            {
                Answer(stacks, request);
            }
        }
    }

    private void Answer(Stacks stacks, WitnessRequest request)
    {
        try
        {
            wire.Send(new WitnessMessage { Answer = stacks.Take(request) });
        }
        catch (TimeoutException e)
        {
            // The thread that holds the application cannot be ended: the end of the process lets go of it.
            wire.Send(new WitnessMessage { Answer = new WitnessAnswer { Number = request.Number, Source = Stacks.WalkSource, Missing = e.Message } });
            Libc.Exit(Program.Overrun);
        }
    }

    private WitnessMessage? Receive(TimeSpan limit) => wire.TryReceive(limit, out var message) ? message : null;
}
