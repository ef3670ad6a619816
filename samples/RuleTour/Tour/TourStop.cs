namespace RuleTour.Tour;

/// <summary>One rule of the tour, with its exhibits.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Title">What to do instead.</param>
/// <param name="Category">The rule's category, <c>Hardening.Locks</c>.</param>
/// <param name="Findings">What it said, by file and line; never empty.</param>
internal sealed record TourStop(string Id, string Title, string Category, IReadOnlyList<Finding> Findings)
{
    /// <summary>The subject, as the folders are called.</summary>
    public string Subject => Category[(Category.LastIndexOf('.') + 1)..];
}
