namespace RuleTour.Tour;

/// <summary>What a rule said about an exhibit.</summary>
/// <param name="Path">The full path of the file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Message">The rule's message.</param>
internal sealed record Finding(string Path, int Line, string Message);
