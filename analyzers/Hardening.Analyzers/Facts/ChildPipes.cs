namespace Hardening.Analyzers.Facts;

/// <summary>The output pipes of one child that a method redirects, how it reads them, and where it waits for the child to exit.</summary>
internal sealed class ChildPipes
{
    private readonly IOperation _started;

    private ChildPipes(IOperation started, Holding process)
    {
        _started = started;
        Process = process;
    }

    public Holding Process { get; }

    public IReadOnlyList<ChildPipe> Redirected { get; private set; } = [];

    /// <summary>Where the method stands still until the child has exited.</summary>
    public List<IOperation> Waits { get; } = [];

    /// <summary>Null when nothing is redirected, or when other code may read the pipes or change what is redirected.</summary>
    public static ChildPipes? Of(IOperation started, ProcessTypes types)
    {
        var process = types.Ownership.Follow(started);
        if (process.HasEscaped || process.IsPassedOn)
        {
            return null;
        }

        var settings = StartSettings.Of(started, process, types);
        ChildPipe[] both =
        [
            new("standard output", "StandardOutput", settings.TurnedOn("RedirectStandardOutput"), settings.IsWritten("StandardOutputEncoding")),
            new("standard error", "StandardError", settings.TurnedOn("RedirectStandardError"), settings.IsWritten("StandardErrorEncoding")),
        ];
        var pipes = new ChildPipes(started, process) { Redirected = [.. both.Where(pipe => pipe.Redirects.Count > 0)] };
        if (!settings.IsComplete || pipes.Redirected.Count == 0)
        {
            return null;
        }

        foreach (var use in process.Uses)
        {
            pipes.ReadUse(use, both);
        }

        return pipes;
    }

    /// <summary>Whether the first has happened when the second does; in doubt it has.</summary>
    public bool IsBefore(ChildRead read, IOperation operation) =>
        read.IsElsewhere || read.Begin.Syntax.SpanStart < operation.Syntax.SpanStart && !AreExclusive(read.Begin, operation) || ShareLoop(read.Begin, operation);

    private void ReadUse(IOperation use, ChildPipe[] both)
    {
        switch (use.Parent is IArgumentOperation { Parent: IInvocationOperation extension } ? extension : use.Parent)
        {
            case IInvocationOperation { TargetMethod.Name: "BeginOutputReadLine" } begin:
                both[0].Reads.Add(Read(begin));
                break;
            case IInvocationOperation { TargetMethod.Name: "BeginErrorReadLine" } begin:
                both[1].Reads.Add(Read(begin));
                break;
            case IInvocationOperation { TargetMethod.Name: "WaitForExit" } wait when !wait.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 }):
                AddWaits(wait, [wait]);
                break;
            case IInvocationOperation { TargetMethod.Name: "WaitForExitAsync" } wait:
                AddWaits(wait, EndsOf(wait));
                break;
            case IPropertyReferenceOperation { Property.Name: "HasExited" } poll when IsAskedByLoop(poll):
                AddWaits(poll, [poll]);
                break;
            case IPropertyReferenceOperation { Property.Name: var name } stream when Array.Find(both, pipe => pipe.Property == name) is { } pipe:
                ReadStream(stream, pipe, depth: 0);
                break;
        }
    }

    // A killed child no longer writes, so nothing fills up.
    private void AddWaits(IOperation wait, IEnumerable<IOperation> ends)
    {
        if (wait.Function() == _started.Function()
            && !Process.Uses.Any(use => use.Parent is IInvocationOperation { TargetMethod.Name: "Kill" } kill && kill.Syntax.SpanStart < wait.Syntax.SpanStart && Block(kill) == Block(wait)))
        {
            Waits.AddRange(ends);
        }
    }

    private static IOperation? Block(IOperation operation)
    {
        while (operation is not IBlockOperation && operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    private ChildRead Read(IOperation begin, params IEnumerable<IOperation> ends) =>
        begin.Function() == _started.Function() ? new ChildRead(begin, [.. ends]) : new ChildRead(begin, []) { IsElsewhere = true };

    private void ReadStream(IOperation stream, ChildPipe pipe, int depth)
    {
        switch (stream.Parent)
        {
            case IConversionOperation or IParenthesizedOperation or IPropertyReferenceOperation { Property.Name: "BaseStream" }:
                ReadStream(stream.Parent, pipe, depth);
                break;
            case IConditionalAccessOperation access when access.WhenNotNull == stream:
                ReadStream(access, pipe, depth);
                break;
            case IConditionalAccessOperation access when access.WhenNotNull.DescendantsAndSelf().FirstOrDefault(operation => operation is IConditionalAccessInstanceOperation) is { } instance:
                ReadStream(instance, pipe, depth);
                break;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when depth < 3:
                foreach (var reference in References.Of(local, stream))
                {
                    ReadStream(reference, pipe, depth + 1);
                }

                break;
            case IPropertyReferenceOperation { Property.Name: "CurrentEncoding" }:
                break;
            case IPropertyReferenceOperation { Property.Name: "EndOfStream" } end when Loop(end) is not null:
                pipe.Reads.Add(Read(end, end));
                break;
            case IInvocationOperation call when call.Instance == stream:
                pipe.Reads.Add(ReadBy(call));
                break;
            default:
                // Other code has the stream in its hands, and reads it.
                pipe.Reads.Add(Read(stream));
                break;
        }
    }

    private ChildRead ReadBy(IInvocationOperation call) => call.TargetMethod.Name switch
    {
        "ReadToEnd" or "CopyTo" => Read(call, call),
        "ReadToEndAsync" or "CopyToAsync" => Read(call, EndsOf(call)),
        "ReadLine" or "Read" or "ReadBlock" when Loop(call) is not null => Read(call, call),
        "ReadLineAsync" or "ReadAsync" or "ReadBlockAsync" when Loop(call) is not null => Read(call, EndsOf(call)),
        _ => Read(call),
    };

    /// <summary>Where this method itself waits for the task: an await or a blocking wait, at once or through a local.</summary>
    private static IEnumerable<IOperation> EndsOf(IOperation task, int depth = 0)
    {
        while (task.Parent is IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation
            || task.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync" } call && call.Instance == task)
        {
            task = task.Parent;
        }

        return task.Parent switch
        {
            IAwaitOperation or IPropertyReferenceOperation { Property.Name: "Result" } or IInvocationOperation { TargetMethod.Name: "Wait" or "GetAwaiter" } => [task.Parent],
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when depth < 3 =>
                References.Of(local, task).Where(reference => reference.Function() == task.Function()).SelectMany(reference => EndsOf(reference, depth + 1)),
            _ => [],
        };
    }

    // The loop that reads, not one that starts a child in each round.
    private ILoopOperation? Loop(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); outer = outer.Parent)
        {
            if (outer is ILoopOperation loop)
            {
                return loop.Syntax.Span.Contains(_started.Syntax.Span) ? null : loop;
            }
        }

        return null;
    }

    // while (!p.HasExited) { … }
    private bool IsAskedByLoop(IOperation question) =>
        Loop(question) switch
        {
            IWhileLoopOperation { Condition: { } condition } => condition.Syntax.Span.Contains(question.Syntax.Span),
            IForLoopOperation { Condition: { } condition } => condition.Syntax.Span.Contains(question.Syntax.Span),
            _ => false,
        };

    private bool ShareLoop(IOperation one, IOperation other) => Loop(one) is { } loop && loop == Loop(other);

    // In the two arms of an if, in two sections of a switch.
    private static bool AreExclusive(IOperation one, IOperation other)
    {
        for (IOperation inner = one, outer = one.Parent!; outer is not null; inner = outer, outer = outer.Parent!)
        {
            if (outer.Syntax.Span.Contains(other.Syntax.Span))
            {
                return outer is IConditionalOperation conditional && inner != conditional.Condition && !conditional.Condition.Syntax.Span.Contains(other.Syntax.Span)
                    || outer is ISwitchOperation && inner is ISwitchCaseOperation;
            }
        }

        return false;
    }
}

internal sealed class ChildPipe(string name, string property, IReadOnlyList<ISimpleAssignmentOperation> redirects, bool hasEncoding)
{
    public string Name { get; } = name;

    /// <summary>The property of Process that reads it.</summary>
    public string Property { get; } = property;

    public IReadOnlyList<ISimpleAssignmentOperation> Redirects { get; } = redirects;

    /// <summary>An encoding is set, which Start refuses for a pipe that is not redirected.</summary>
    public bool HasEncoding { get; } = hasEncoding;

    public List<ChildRead> Reads { get; } = [];
}

/// <param name="begin">From here on the pipe is being emptied.</param>
/// <param name="ends">Where the method stands still until the pipe is at its end; none when it goes on.</param>
internal sealed class ChildRead(IOperation begin, IReadOnlyList<IOperation> ends)
{
    public IOperation Begin { get; } = begin;

    public IReadOnlyList<IOperation> Ends { get; } = ends;

    /// <summary>In a lambda or a local function: when and on which thread it runs, the text does not say.</summary>
    public bool IsElsewhere { get; set; }
}
