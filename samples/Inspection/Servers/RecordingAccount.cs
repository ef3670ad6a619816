using Hardening.Camera.Recording;

namespace Inspection.Servers;

/// <summary>What became of the frames that were to be recorded, over all cameras: <c>Frames = Written + Dropped + Waiting</c>.</summary>
/// <param name="Frames">Those that were inspected, each of which is to be recorded.</param>
/// <param name="Written">In files.</param>
/// <param name="Waiting">Not yet in files; 0 once the run is over.</param>
/// <param name="Bytes">The bytes of those written.</param>
/// <param name="Files">How many files.</param>
/// <param name="Drops">Frames that were not recorded, by reason; the place is the recording.</param>
internal sealed record RecordingAccount(long Frames, long Written, long Waiting, long Bytes, int Files, IReadOnlyList<DroppedFrames> Drops)
{
    public long Dropped => Drops.Sum(drop => drop.Count);

    /// <summary>Whether every frame is accounted for.</summary>
    public bool AddsUp => Frames == Written + Dropped + Waiting;

    public static RecordingAccount From(IReadOnlyList<RecordedCamera> cameras) => new(
        cameras.Sum(camera => camera.Consumed),
        cameras.Sum(camera => camera.Written),
        cameras.Sum(camera => camera.Waiting),
        cameras.Sum(camera => camera.Bytes),
        cameras.Sum(camera => camera.Files),
        [.. cameras.SelectMany(camera => camera.Drops).GroupBy(drop => drop.Reason).Select(drops => new DroppedFrames("recording", drops.Key.ToString(), drops.Sum(drop => drop.Count)))]);
}
