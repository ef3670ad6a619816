using System.Runtime.InteropServices;

namespace Inspection.Work;

/// <summary>A connected bright spot: its bounding box, and how many pixels it has.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Defect(int X, int Y, int Width, int Height, int Area);
