namespace Hardening.Analyzers.Facts;

/// <summary>The value in the methods of the compilation that get it as an argument.</summary>
internal sealed partial class ValueFollower
{
    // The parameter in the method of this compilation that the call runs; null where it cannot be told which that is.
    private Entry? Enter(IOperation value, IArgumentOperation argument)
    {
        return argument is { Parameter: { RefKind: RefKind.None or RefKind.In, IsParams: false, Ordinal: var ordinal }, Parent: { } call } && _ownership.Graph?.TargetOf(call) is { } method
            ? Enter(value, method, ordinal)
            : null;
    }

    private Entry? Enter(IOperation value, IMethodSymbol method, int ordinal)
    {
        if (ordinal >= method.Parameters.Length || Depth > MostCalls || _ownership.Graph?.AnyBodyOf(method) is not { } body)
        {
            return null;
        }

        var parameter = method.Parameters[ordinal];
        var there = new ValueFollower(this, parameter, body);
        if (!IsEntered(parameter))
        {
            there.FollowAll(parameter);
        }

        return new Entry(value, there);
    }

    private int Depth
    {
        get
        {
            var depth = 0;
            for (var caller = _caller; caller is not null; caller = caller._caller)
            {
                depth++;
            }

            return depth;
        }
    }

    // A method that calls itself does nothing new with the value.
    private bool IsEntered(ISymbol parameter)
    {
        for (var caller = this; caller is not null; caller = caller._caller)
        {
            if (SymbolEqualityComparer.Default.Equals(caller._origin, parameter))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The value as a parameter of a method that is called with it.</summary>
    private sealed class Entry(IOperation here, ValueFollower there)
    {
        public ValueFollower There { get; } = there;

        public void AddUsesTo(ValueFollower caller) => caller._elsewhere.Add((here, There));

        public void AddTo(ValueFollower caller)
        {
            caller.IsPassedOn = true;
            AddAsSender(caller);
        }

        /// <summary>To a handler of its own event, which runs at another time than the code that follows.</summary>
        public void AddAsSender(ValueFollower caller)
        {
            AddUsesTo(caller);
            caller.HasEscaped |= There.HasEscaped || There.StoredIn.Count > 0 && !There.StoredIn.TrueForAll(caller.CanReach);
            if (There.Ends.Count > 0)
            {
                caller.Ends.Add(here);
            }

            foreach (var member in There.StoredIn.Where(caller.CanReach))
            {
                caller.Store(member);
            }
        }
    }

    // Stored by a method of the same type; in another object it is that one's.
    private bool CanReach(ISymbol member) =>
        _body?.SemanticModel?.GetEnclosingSymbol(_body.Syntax.SpanStart)?.ContainingType is { } type && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, member.ContainingType.OriginalDefinition);
}
