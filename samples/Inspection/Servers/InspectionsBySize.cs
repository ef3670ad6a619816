using Inspection.Work;

namespace Inspection.Servers;

/// <summary>The buffers of one worker for each size of frame that its cameras send: a camera may refuse the size that it was asked for. One thread at a time.</summary>
internal sealed class InspectionsBySize
{
    private const int MaxSizes = 16;

    private readonly Dictionary<(int Width, int Height), FrameInspection> _inspections = [];

    /// <summary>The one for frames of this size, made when the first comes.</summary>
    public FrameInspection Of(int width, int height)
    {
        if (!_inspections.TryGetValue((width, height), out var inspection))
        {
            if (_inspections.Count == MaxSizes)
            {
                _inspections.Clear(); // more sizes than there may be cameras: one of them changes its own again and again
            }

            inspection = new FrameInspection(width, height);
            _inspections.Add((width, height), inspection);
        }

        return inspection;
    }
}
