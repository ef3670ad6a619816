namespace Hardening.Analyzers.Facts;

/// <summary>Whether somebody makes sure that a process that was asked to end does: here, in what is called from here, in whoever calls, or elsewhere in its type.</summary>
internal sealed class Escalations(ProcessTypes types, CompilationFacts facts)
{
    // Calls of calls, in both directions.
    private const int MostCalls = 3;

    /// <summary>Nobody does; where the code cannot show it, somebody does.</summary>
    public bool AreMissing(EndRequest request, ISymbol containing)
    {
        var function = Functions.Of(request.Call, containing);
        return !IsFollowed(request.Call, request)
            && !IsEndedInType(request, containing)
            && !IsFollowedByCallers(request.Call, function, request, MostCalls)
            && !IsTool(function, request);
    }

    // After the request, or in code that runs when the text does not say.
    private bool IsFollowed(IOperation asked, EndRequest request)
    {
        var function = asked.Function();
        var member = function.Root();
        foreach (var part in member.DescendantsAndSelf())
        {
            if (part != request.Call && Ends(part, request, MostCalls) && (part.Function() != function ? IsGivenAway(part, function) : IsAfter(part, asked)))
            {
                return true;
            }
        }

        return false;
    }

    // A lambda of this function, or the function that this one is a lambda of: when it runs, the text does not say.
    private static bool IsGivenAway(IOperation part, IOperation function) =>
        function.Syntax.Span.Contains(part.Syntax.Span) || part.Function().Syntax.Span.Contains(function.Syntax.Span);

    private bool Ends(IOperation part, EndRequest request, int calls) => part switch
    {
        IInvocationOperation call => IsKill(call, request) || calls > 0 && CallsOne(call.TargetMethod, request, calls - 1),
        IMethodReferenceOperation { Method: { } method } => Has(method.Name, "Kill") || calls > 0 && CallsOne(method, request, calls - 1),
        _ => false,
    };

    private bool IsKill(IInvocationOperation call, EndRequest request)
    {
        var method = call.TargetMethod;
        if (EndRequest.MayBeOne(call) && EndRequest.Of(call, types) is { } other)
        {
            return other.IsKill;
        }

        return Has(method.Name, "Kill") && !IsOfRequest(call, request) && !(method.IsExtern && method.Name is "kill" or "killpg")
            || method.Name is "TerminateProcess" or "TerminateJobObject" or "NtTerminateProcess" or "ForceStop" or "FailFast"
            || method.Name == "StopAsync" && method.ContainingType.Name == "SupervisedProcess";
    }

    // The kill child itself is killed, not the one that it was to end.
    private bool IsOfRequest(IInvocationOperation call, EndRequest request) =>
        request.Call.TargetMethod.Name == "Start" && call.Instance is ILocalReferenceOperation { Local: var local }
        && types.IsProcess(local.Type) && LocalSources.Of(local, call).Any(source => source.Syntax.Span.Contains(request.Call.Syntax.Span));

    private bool CallsOne(IMethodSymbol method, EndRequest request, int calls) =>
        !method.DeclaringSyntaxReferences.IsEmpty
        && Bodies.Of(method, facts.Graph) is { } body
        && body.Descendants().Any(part => part.Syntax != request.Call.Syntax && Ends(part, request, calls));

    private static bool IsAfter(IOperation kill, IOperation asked) =>
        (kill.Syntax.SpanStart > asked.Syntax.SpanStart || StatementOrder.LoopAround(asked) is { } loop && loop == StatementOrder.LoopAround(kill))
        && !AreExclusive(asked, kill);

    // Left by a return before; in two arms of an if; where the asking itself has failed, in a catch or as its answer, and nothing has waited.
    private static bool AreExclusive(IOperation asked, IOperation kill)
    {
        var leaves = false;
        for (IOperation inner = asked, outer = asked.Parent!; outer is not null; inner = outer, outer = outer.Parent!)
        {
            if (!outer.Syntax.Span.Contains(kill.Syntax.Span))
            {
                leaves |= outer is IBlockOperation { Operations: { IsEmpty: false } statements } && statements[statements.Length - 1] is IReturnOperation { IsImplicit: false } or IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation };
                continue;
            }

            return outer switch
            {
                ITryOperation { Finally: { } last } when last.Syntax.Span.Contains(kill.Syntax.Span) => false,
                _ when leaves => true,
                IConditionalOperation choice when inner == choice.Condition => !HasWait(choice.Condition),
                IConditionalOperation choice => !choice.Condition.Syntax.Span.Contains(kill.Syntax.Span),
                ISwitchOperation => inner is ISwitchCaseOperation,
                ITryOperation attempt => inner == attempt.Body && attempt.Catches.Any(clause => clause.Syntax.Span.Contains(kill.Syntax.Span)) && !HasWait(attempt.Body),
                _ => false,
            };
        }

        return false;
    }

    private static bool HasWait(IOperation code) => code.DescendantsAndSelf().Any(part =>
        part is IAwaitOperation || part is IInvocationOperation { TargetMethod.Name: var name } && (name.StartsWith("Wait", StringComparison.Ordinal) || name is "Sleep" or "Delay" or "SpinUntil" or "Join"));

    // A field: Stop asks, Dispose kills. Where the Process is not at hand: whatever the type kills.
    private bool IsEndedInType(EndRequest request, ISymbol containing)
    {
        var kept = request.Child is { } child ? KeptIn(child) : null;
        if (kept is not null)
        {
            return ChildUses.Of(types.Ownership.FollowMember(kept)).Any(use => use.EndsIt && use.Here.Function() is var function && function.Syntax != request.Call.Function().Syntax);
        }

        return request.Child is null && containing.ContainingType is { } type
            && type.DeclaringSyntaxReferences.SelectMany(part => type.GetMembers().OfType<IMethodSymbol>()).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default)
                .Any(method => !SymbolEqualityComparer.Default.Equals(method, containing) && CallsOne(method, request, calls: 0));
    }

    private static ISymbol? KeptIn(IOperation child) => child switch
    {
        IFieldReferenceOperation { Field: var field } => field,
        IPropertyReferenceOperation { Property: { IsIndexer: false } property } when !property.DeclaringSyntaxReferences.IsEmpty => property,
        ILocalReferenceOperation { Local: var local } => LocalSources.Of(local, child).Select(source => source.Unwrap())
            .Select(source => source is IFieldReferenceOperation or IPropertyReferenceOperation ? KeptIn(source) : null).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private bool IsFollowedByCallers(IOperation asked, IMethodSymbol? function, EndRequest request, int calls)
    {
        if (function is null || calls == 0 || asked.Function() is IAnonymousFunctionOperation)
        {
            return false;
        }

        // Used everywhere: who follows cannot be seen.
        var uses = facts.Callers.Of(function);
        return uses.IsDefault || uses.Any(use =>
            IsFollowed(use, request)
            || Callers.MemberOf(use) is { } member && IsFollowedByCallers(use, Functions.Of(use, member), request, calls - 1));
    }

    // Terminate(this Process process): others ask, and others wait.
    private bool IsTool(IMethodSymbol? function, EndRequest request) =>
        function is { IsStatic: true, MethodKind: MethodKind.Ordinary, Parameters.IsEmpty: false }
        && !Functions.IsProgram(function)
        && request.Child is null or IParameterReferenceOperation
        && (function.IsExtensionMethod || IsAll(request.Call))
        && !facts.Callers.AreAllHere(function);

    private static bool IsAll(IOperation request) =>
        Bodies.Operations(request.Function()).OfType<IBlockOperation>().FirstOrDefault() is not { Operations: var statements }
        || statements.Count(statement => statement is not IReturnOperation { IsImplicit: true }) <= 1;

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.Ordinal) >= 0;
}
