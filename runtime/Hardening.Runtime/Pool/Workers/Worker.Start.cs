using System.ComponentModel;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;
using Hardening.Processes;

namespace Hardening.Pool.Workers;

/// <content>From the start of the process until it is ready for jobs.</content>
internal sealed partial class Worker
{
    private WorkerStartException? TryGetReady()
    {
        try
        {
            _process = _pool.Command.Start(_pool.Setup);
        }
        catch (Exception e) when (e is WorkerStartException or PlatformNotSupportedException or SupervisorException or Win32Exception)
        {
            return e as WorkerStartException ?? new WorkerStartException(e.Message, errorOutput: null, e);
        }

        _channel = _process.Channel;
        _crew.Watch(this);
        if (_isLeaving)
        {
            _process.Tree.Kill(); // the pool was stopped meanwhile
        }

        try
        {
            var status = ReceiveStatus.Closed;
            ReceivedMessage ready = default;
            if (_channel.Send(new MessageHeader { Kind = MessageKind.Hello }, default, MessageText.Hello(_pool.Name, _pool.Options.MaxMessageBytes), mayWait: true, out _) == SendStatus.Sent && _frames.TryAnnounce(_channel))
            {
                _channel.Flush();
                status = _channel.Receive(ChannelReader.Channel, _pool.Options.StartTimeout, out ready);
            }

            return status switch
            {
                ReceiveStatus.Message when ready.Header.Kind == MessageKind.Ready => CheckFresh(),
                ReceiveStatus.Message => new WorkerStartException($"The worker {ProcessId} of pool '{_pool.Name}' ({_pool.Command}) sent {ready.Header.Kind} instead of Ready.", _process.LastOutput()),
                ReceiveStatus.Nothing => new WorkerStartException($"The worker {ProcessId} of pool '{_pool.Name}' ({_pool.Command}) was not ready within {_pool.Options.StartTimeout} (StartTimeout), and was ended.", _process.LastOutput()),
                _ => null,
            } ?? (status == ReceiveStatus.Closed ? EndedEarly() : null);
        }
        catch (WorkerProtocolException e)
        {
            return new WorkerStartException($"The worker {ProcessId} of pool '{_pool.Name}' ({_pool.Command}) does not speak the protocol of workers (docs/worker-protocol.md): {e.Message}", _process.LastOutput(), e);
        }
    }

    private WorkerStartException EndedEarly()
    {
        _process!.Tree.Kill();
        var exit = ExitWithin(ExitLimit);
        var how = exit switch { null => "closed its end", { Signal: { } signal } => $"was ended by signal {signal}", { } code => $"exited with code {code.ExitCode}" };
        return new WorkerStartException($"The worker {ProcessId} of pool '{_pool.Name}' ({_pool.Command}) {how} before it was ready.", _process.LastOutput());
    }

    private WorkerStartException? CheckFresh()
    {
        var resident = ProcessMemory.Resident(ProcessId) ?? 0;
        if (_pool.Options.MaxWorkerBytes is not { } limit || resident <= limit)
        {
            _readyAt = _pool.Time.GetTimestamp();
            IsStarting = false;
            _crew.NoteReady(this);
            return null;
        }

        var tooLarge = new WorkerMemoryException(_pool.Name, ProcessId, resident, limit, isFresh: true);
        return new WorkerStartException(tooLarge.Message, errorOutput: null, tooLarge);
    }

    private void CloseStart(WorkerStartException failure)
    {
        lock (_sync)
        {
            _isClosed = true;
        }

        _process?.Tree.Kill();
        _crew.NoteStartFailed(this, failure);
        Free();
    }
}
