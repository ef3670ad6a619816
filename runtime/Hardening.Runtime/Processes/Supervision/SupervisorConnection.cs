using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes.Supervision;

/// <summary>The line to one running supervisor. A thread of its own listens; requests are sent from any thread.</summary>
internal sealed partial class SupervisorConnection
{
    // What is lost with its supervisor is being ended by the guard: as long as that may take, its end is waited for.
    private static readonly TimeSpan LostEndLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReapLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<uint, Answer<ChildTree>> _starting = new();
    private readonly ConcurrentDictionary<uint, (ChildTree Tree, SafeFileHandle PidFd)> _trees = new();
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SupervisorLaunch _launch;
    private readonly TimeSpan _answerTimeout;
    private readonly Action<TreeEnd> _treeEnded;
    private readonly Action<int, int> _swept;
    private volatile bool _isLost;
    private uint _lastTree;

    private SupervisorConnection(SupervisorLaunch launch, TimeSpan answerTimeout, SupervisorMessage ready, Action<TreeEnd> treeEnded, Action<int, int> swept)
    {
        (_launch, _answerTimeout, _treeEnded, _swept) = (launch, answerTimeout, treeEnded, swept);
        Containment = (Containment)ready.Value;
        Details = (ReadyDetails)ready.Detail;
    }

    public Containment Containment { get; }

    public ReadyDetails Details { get; }

    /// <summary>The process that was started; with a PID namespace, the one that holds it.</summary>
    public int SupervisorId => _launch.ProcessId;

    public int RunningTrees => _trees.Count;

    /// <summary>The supervisor is gone, and everything that hung on it has been told.</summary>
    public Task Lost => _lost.Task;

    public bool IsLost => _isLost;

    /// <summary>Starts a supervisor and waits until it is ready.</summary>
    /// <param name="options">Checked.</param>
    /// <param name="treeEnded">Told of each end, on the listening thread.</param>
    /// <param name="swept">Told how many orphans there were, and how many could not be ended.</param>
    /// <exception cref="SupervisorException">It could not be started, or did not answer in time.</exception>
    public static SupervisorConnection Open(SupervisorOptions options, Action<TreeEnd> treeEnded, Action<int, int> swept)
    {
        var launch = SupervisorLaunch.Start(SupervisorCommand.For(options.Containment));
        try
        {
            Libc.LimitSend(launch.Line, SendLimit);
            Libc.LimitReceive(launch.Line, options.AnswerTimeout);
            var pidfd = Libc.OpenPidFd(Environment.ProcessId);
            using var self = new SafeFileHandle(pidfd, ownsHandle: true);
            var hello = new SupervisorMessage
            {
                Kind = MessageKind.Hello,
                Tree = ApplicationHash(),
                Value = SupervisorMessage.ProtocolVersion,
                Detail = (int)options.Containment,
            };
            _ = Libc.Send(launch.Line, hello, [pidfd], wait: true); // what fails here, fails below with the supervisor's last words
            if (Libc.Receive(launch.Line, out SupervisorMessage ready, default, out _, wait: true) <= 0 || ready.Kind != MessageKind.Ready)
            {
                launch.Kill();
                launch.Reap(ReapLimit);
                var words = launch.LastWords();
                throw new SupervisorException(words.Length > 0
                    ? $"The supervisor of child processes did not start: {words}"
                    : $"The supervisor of child processes ({launch.ProcessId}) did not answer within {options.AnswerTimeout} and was ended.");
            }

            Libc.LimitReceive(launch.Line, TimeSpan.Zero);
            var connection = new SupervisorConnection(launch, options.AnswerTimeout, ready, treeEnded, swept);
            new Thread(connection.Listen, maxStackSize: 256 * 1024) { IsBackground = true, Name = "Hardening.Supervisor" }.Start();
            return connection;
        }
        catch (OutOfMemoryException e)
        {
            launch.Line.Dispose(); // it ends
            launch.Reap(ReapLimit);
            launch.Dispose();
            throw new SupervisorException("No thread can be started to listen to the supervisor of child processes: the limit of processes and threads is reached (ulimit -u, or pids.max of the control group).", e);
        }
        catch
        {
            launch.Line.Dispose();
            launch.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="Supervisor.Start"/>
    /// <returns>Null when the supervisor was gone before it could be asked.</returns>
    public ChildTree? TryStart(ChildSpecification child, ReadOnlySpan<SafeHandle> descriptors)
    {
        var number = Interlocked.Increment(ref _lastTree);
        using var text = ChildText.Write(child, out var length);
        var request = new SupervisorMessage
        {
            Kind = MessageKind.Start,
            Tree = number,
            Value = Milliseconds(child.GracePeriod),
            Detail = (int)(child.KeepsDescendants ? StartDetails.KeepsDescendants : StartDetails.None),
            Memory = length,
            Descriptors = descriptors.Length + 1,
        };
        var starting = new Answer<ChildTree>();
        _starting[number] = starting;
        switch (SendWith(request, text, descriptors))
        {
            case 0:
                break;
            case Libc.EAGAIN:
                throw GiveUp();
            case Libc.EPIPE or Libc.ECONNRESET:
                _isLost = true; // the listening thread learns it in a moment
                return null;
            case var refusal:
                throw new Win32Exception(refusal);
        }

        if (IsLost)
        {
            starting.Fail(Gone());
        }

        // Without the answer there is no pid; the supervisor answers within a millisecond, or is stopped or stuck.
        return starting.TryWait(_answerTimeout, out var tree) ? tree : throw GiveUp();
    }

    private static SupervisorException Gone() => new("The supervisor of child processes was killed while it started this child; the child has been ended with it. The next start brings up a new supervisor.");

    private SupervisorException GiveUp()
    {
        _launch.Kill();
        return new SupervisorException($"The supervisor of child processes ({SupervisorId}) did not answer within {_answerTimeout}: it has been ended, and its children with it. The next start brings up a new one.");
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue);

    private int SendWith(in SupervisorMessage request, SafeFileHandle text, ReadOnlySpan<SafeHandle> handles)
    {
        Span<int> descriptors = stackalloc int[handles.Length + 1];
        descriptors[0] = (int)text.DangerousGetHandle();
        var held = 0;
        try
        {
            foreach (var handle in handles)
            {
                var isHeld = false;
                handle.DangerousAddRef(ref isHeld);
                descriptors[++held] = (int)handle.DangerousGetHandle();
            }

            return Send(request, descriptors);
        }
        finally
        {
            foreach (var handle in handles[..held])
            {
                handle.DangerousRelease();
            }
        }
    }

    private int Send(in SupervisorMessage message, ReadOnlySpan<int> descriptors)
    {
        try
        {
            return Libc.Send(_launch.Line, message, descriptors, wait: true);
        }
        catch (ObjectDisposedException)
        {
            return Libc.EPIPE;
        }
    }

    private void Ask(uint tree, TreeRequest request, int value)
    {
        // Where the supervisor is gone there is nothing to ask for: the tree is being ended. Where it does not take the message, it is stuck.
        var message = new SupervisorMessage { Kind = request == TreeRequest.Stop ? MessageKind.Stop : MessageKind.SignalRoot, Tree = tree, Value = value };
        if (Send(message, default) == Libc.EAGAIN)
        {
            _launch.Kill();
        }
    }

    // The same for each instance of an application, and for no other: FNV-1a over where it lies, what it is called and whose it is.
    private static uint ApplicationHash()
    {
        var hash = 2166136261;
        foreach (var letter in $"{Environment.ProcessPath}|{AppContext.BaseDirectory}|{System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name}|{Environment.UserName}")
        {
            hash = (hash ^ letter) * 16777619;
        }

        return hash;
    }
}
