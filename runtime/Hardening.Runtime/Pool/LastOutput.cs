namespace Hardening.Pool;

internal static class LastOutput
{
    /// <summary>The end of a message that shows what a worker wrote last.</summary>
    public static string Describe(string output) => output.Length == 0 ? " It wrote nothing to standard error." : $" It wrote last:{Environment.NewLine}{output}";
}
