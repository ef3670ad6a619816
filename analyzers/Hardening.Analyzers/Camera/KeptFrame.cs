namespace Hardening.Analyzers.Camera;

/// <summary>A value that is put where it stays.</summary>
/// <param name="value">What is kept, as it is written: the image, not the tuple or record around it.</param>
/// <param name="container">What keeps it; null where that surely outlives the code: a started task, a helper that keeps it.</param>
/// <param name="how">What is done with it, after its name, as a message says it.</param>
internal readonly struct KeptFrame(IOperation value, IOperation? container, string how)
{
    public IOperation Value { get; } = value;

    public IOperation? Container { get; } = container;

    public string How { get; } = how;
}
