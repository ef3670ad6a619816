namespace Hardening.FaultLab.Faults;

/// <summary>A heap that takes a collector long: many small objects that refer to each other across all of it.</summary>
internal static class ManyObjects
{
    public static object Make(int count)
    {
        var nodes = new Node[count];
        for (var i = 0; i < count; i++)
        {
            nodes[i] = new Node();
        }

        var next = 1u;
        for (var i = 0; i < count; i++)
        {
            next = next * 1_664_525 + 1_013_904_223; // any order will do, the same each time
            nodes[i].Other = nodes[(int)(next % (uint)count)];
        }

        return nodes;
    }

    private sealed class Node
    {
        public Node? Other { get; set; }

        public long Value { get; set; }
    }
}
