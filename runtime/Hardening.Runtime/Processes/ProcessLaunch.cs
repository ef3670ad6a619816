using System.ComponentModel;
using System.Diagnostics;
using Hardening.Interop;
using Hardening.Processes.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes;

/// <summary>One start: what is asked for, all of it checked, and then a place at the gate, the pipes and the child.</summary>
internal sealed class ProcessLaunch
{
    private readonly ChildSpecification _child;

    // Where it captures, output and error are redirected in any case.
    public ProcessLaunch(ProcessStartInfo startInfo, SupervisionOptions? options, bool captures = false)
    {
        ArgumentNullException.ThrowIfNull(startInfo);
        StartInfo = startInfo;
        Options = SupervisionOptions.Checked(options);
        _child = CommandLine.Resolve(startInfo, Options, captures);
        Name = Options.Name ?? Path.GetFileName(startInfo.FileName);
        RedirectsInput = startInfo.RedirectStandardInput;
        RedirectsOutput = startInfo.RedirectStandardOutput || captures;
        RedirectsError = startInfo.RedirectStandardError || captures;
    }

    public ProcessStartInfo StartInfo { get; }

    public SupervisionOptions Options { get; }

    public string Name { get; }

    public string FilePath => _child.Path;

    private bool RedirectsInput { get; }

    private bool RedirectsOutput { get; }

    private bool RedirectsError { get; }

    public SupervisedProcess Start()
    {
        Options.Gate?.Enter(Name, Options.Metrics);
        return StartInPlace();
    }

    public async Task<SupervisedProcess> StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Options.Gate is { } gate)
        {
            await gate.EnterAsync(Name, Options.Metrics, Options.Time, cancellationToken).ConfigureAwait(false);
        }

        return await Task.Run(StartInPlace, CancellationToken.None).ConfigureAwait(false); // the first start waits for the supervisor
    }

    private SupervisedProcess StartInPlace()
    {
        var pipes = new Pipes();
        ChildTree? tree = null;
        try
        {
            var begin = Options.Time.GetTimestamp();
            tree = Spawn(pipes);
            Options.Metrics.Started(Name, Options.Time.GetElapsedTime(begin));
            return new SupervisedProcess(this, tree, pipes.Input, pipes.Output, pipes.Error);
        }
        catch
        {
            tree?.Kill(); // a logger threw: nobody gets to know the child
            pipes.DisposeOwn();
            Options.Gate?.Leave();
            throw;
        }
        finally
        {
            pipes.DisposeChilds();
        }
    }

    private ChildTree Spawn(Pipes pipes)
    {
        try
        {
            pipes.Open(RedirectsInput, RedirectsOutput, RedirectsError);
            return Supervisor.Start(_child, pipes.ChildInput, pipes.ChildOutput, pipes.ChildError);
        }
        catch (Win32Exception e)
        {
            throw CommandLine.NotStarted(_child.Path, _child.WorkingDirectory, e.NativeErrorCode);
        }
    }

    /// <summary>Both ends of what is redirected; the application's own descriptor for what is not.</summary>
    private sealed class Pipes
    {
        public SafePipeHandle? Input { get; private set; }

        public SafePipeHandle? Output { get; private set; }

        public SafePipeHandle? Error { get; private set; }

        public SafePipeHandle ChildInput { get; private set; } = new(0, ownsHandle: false);

        public SafePipeHandle ChildOutput { get; private set; } = new(1, ownsHandle: false);

        public SafePipeHandle ChildError { get; private set; } = new(2, ownsHandle: false);

        public void Open(bool input, bool output, bool error)
        {
            if (input)
            {
                (ChildInput, Input) = Libc.OpenPipe();
            }

            if (output)
            {
                (Output, ChildOutput) = Libc.OpenPipe();
            }

            if (error)
            {
                (Error, ChildError) = Libc.OpenPipe();
            }
        }

        public void DisposeChilds()
        {
            ChildInput.Dispose();
            ChildOutput.Dispose();
            ChildError.Dispose();
        }

        public void DisposeOwn()
        {
            Input?.Dispose();
            Output?.Dispose();
            Error?.Dispose();
        }
    }
}
