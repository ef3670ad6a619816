using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Analyzers.Facts;

/// <summary>Events and registrations by which cameras hand out frames. Vendors' libraries share no types, but these words.</summary>
internal static class FrameSources
{
    // Said of nothing but a camera's.
    private static readonly ImmutableArray<string> Sure = ImmutableArray.Create("Arrived", "Grabbed", "Acquired", "Captured", "NewFrame", "FrameReady", "FrameAvailable", "FrameCallback", "GrabResult");

    // Said of messages and of pictures in an editor too.
    private static readonly ImmutableArray<string> Likely = ImmutableArray.Create("Received", "Ready", "Available", "New", "Next", "Delivered", "Produced", "Incoming", "Event", "Callback", "Completed", "OnFrame", "OnImage");

    private static readonly ImmutableArray<string> Cameras = ImmutableArray.Create("cam", "captur", "grab", "video", "vision", "sensor", "kinect", "acqui", "pylon", "aravis");

    private static readonly ImmutableArray<string> Others = ImmutableArray.Create("Load", "Save", "Saving", "Request", "Changed", "Changing", "Fail", "Error", "Lost", "Drop", "Upload", "Download", "Screen");

    // Letters before and after the word: its beginning, and the handler that it is given.
    private const int Around = 100;

    /// <summary>Where a document may register a callback for frames, by its letters alone.</summary>
    public static int[] PlacesIn(string text)
    {
        var places = new List<int>();
        for (var at = text.IndexOf("+=", StringComparison.Ordinal); at >= 0; at = text.IndexOf("+=", at + 2, StringComparison.Ordinal))
        {
            var end = at;
            while (end > 0 && char.IsWhiteSpace(text[end - 1]))
            {
                end--;
            }

            AddWord(end);
        }

        foreach (var callback in (string[])["allback", "allBack"])
        {
            for (var at = text.IndexOf(callback, StringComparison.Ordinal); at >= 0; at = text.IndexOf(callback, at + callback.Length, StringComparison.Ordinal))
            {
                var end = at;
                while (end < text.Length && SyntaxFacts.IsIdentifierPartCharacter(text[end]))
                {
                    end++;
                }

                // Most callbacks are none of a camera's, and to ask what they mean takes longer than the whole search.
                // One that is called Callback and nothing else is a mock's.
                if (end < text.Length && text[end] is '(' or '<' && (at > 1 && SyntaxFacts.IsIdentifierPartCharacter(text[at - 2]) || end > at + callback.Length) && SaysFrames(text, Math.Max(0, at - Around), Math.Min(text.Length, end + Around)))
                {
                    places.Add(at);
                }
            }
        }

        return [.. places];

        void AddWord(int end)
        {
            var start = end;
            while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(text[start - 1]))
            {
                start--;
            }

            if (IsOfFrames(text.Substring(start, end - start)))
            {
                places.Add(start);
            }
        }
    }

    /// <summary>What the operation registers for frames, and with what: the name of the event or of the method.</summary>
    public static IEnumerable<(IOperation Handler, string Raiser)> HandlersOf(IOperation registration)
    {
        switch (registration)
        {
            case IEventAssignmentOperation { Adds: true, EventReference: IEventReferenceOperation { Event: var raised }, HandlerValue: var handler } when IsOfCamera(raised):
                yield return (handler, raised.Name);
                break;
            case IInvocationOperation { TargetMethod: var method } call:
                foreach (var argument in call.Arguments)
                {
                    if (argument.Parameter?.Type is { TypeKind: TypeKind.Delegate } type && IsRegistration(type.Name + method.Name))
                    {
                        yield return (argument.Value, method.Name);
                    }
                }

                break;
        }
    }

    private static bool IsOfCamera(IEventSymbol raised) =>
        IsOfFrames(raised.Name)
        && !HasAny(raised.Name, Others)
        && (HasAny(raised.Name, Sure) || (HasAny(raised.Name, Likely) || raised.Name is "Frame" or "Image") && SaysCamera(raised));

    private static bool SaysCamera(IEventSymbol raised) =>
        HasAny(raised.ContainingType.Name, Cameras)
        || raised.ContainingNamespace.ToDisplayString() is var space && (Has(space, "camera") || Has(space, "vision") || Has(space, "video"))
        || raised.Type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke } && invoke.Parameters.Any(parameter => HasAny(parameter.Type.Name, Cameras) || parameter.Type.Name is "Mat" or "GpuMat");

    private static bool IsRegistration(string names) =>
        Has(names, "callback") && !HasAny(names, Others) && (IsOfFrames(names) || Has(names, "capture") || Has(names, "grab"));

    private static bool SaysFrames(string text, int from, int to)
    {
        foreach (var letters in (string[])["rame", "mage", "apture", "rab"])
        {
            if (text.IndexOf(letters, from, to - from, StringComparison.Ordinal) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOfFrames(string name) => Has(name, "frame") || Has(name, "image");

    private static bool HasAny(string text, ImmutableArray<string> words)
    {
        foreach (var word in words)
        {
            if (Has(text, word))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
