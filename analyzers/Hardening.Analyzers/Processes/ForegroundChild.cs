using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>A child that the user works with: it lasts as long as the user wants, and a limit would throw the work away.</summary>
internal static class ForegroundChild
{
    public static bool IsOne(IOperation wait, ChildHistory child, ISymbol containing, ProcessTypes types) =>
        IsInteractive(child, types) || IsOwnWork(wait, child, containing);

    private static bool IsInteractive(ChildHistory child, ProcessTypes types)
    {
        if (child.Creation is not { } created || !types.IsStart(created))
        {
            return false;
        }

        var settings = StartSettings.Of(created, types.Ownership.Follow(created), types);
        if (settings.TurnedOn("UseShellExecute").Count > 0)
        {
            return true;
        }

        if (settings.IsWritten("RedirectStandardOutput") || settings.IsWritten("RedirectStandardInput") || settings.IsWritten("CreateNoWindow"))
        {
            return false;
        }

        return settings.FileName is { } file && ProgramNames.Of(file).ToLowerInvariant() is var name && (IsEditor(name) || IsShell(name) && !HasArguments(created, settings)) || IsUsersChoice(created);
    }

    private static bool IsEditor(string name) =>
        name is "notepad" or "code" or "vi" or "vim" or "nvim" or "nano" or "emacs" or "less" or "more" or "man" or "top" or "htop" or "ssh" or "gdb";

    private static bool IsShell(string name) => name is "bash" or "sh" or "zsh" or "fish" or "cmd" or "pwsh" or "powershell";

    private static bool HasArguments(IOperation created, StartSettings settings) =>
        settings.IsWritten("Arguments")
        || created.Root().Descendants().Any(operation => operation is IArgumentOperation { Parameter.Name: "arguments", IsImplicit: false } or IPropertyReferenceOperation { Property.Name: "ArgumentList" });

    // The program comes from $EDITOR and its like.
    private static bool IsUsersChoice(IOperation created) =>
        created.Root().Descendants().Any(operation =>
            operation is IInvocationOperation { TargetMethod: { Name: "GetEnvironmentVariable" }, Arguments: { IsEmpty: false } arguments }
            && arguments[0].Value.ConstantValue.Value is "EDITOR" or "VISUAL" or "GIT_EDITOR" or "PAGER" or "SHELL" or "COMSPEC");

    // A program that is nothing but its child: it returns what the child returns, and the user ends both.
    private static bool IsOwnWork(IOperation wait, ChildHistory child, ISymbol containing) =>
        Functions.IsProgram(Functions.Of(wait, containing))
        && StatementOrder.LoopAround(wait) is null
        && child.Uses.Any(use => use.At is IPropertyReferenceOperation { Property.Name: "ExitCode" } code && IsProgramsResult(code));

    private static bool IsProgramsResult(IOperation code)
    {
        var value = code;
        while (value.Parent is IConversionOperation or IParenthesizedOperation or ICoalesceOperation or IConditionalAccessOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IReturnOperation => true,
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "Exit", ContainingType.Name: "Environment" } } } => true,
            ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "ExitCode", ContainingType.Name: "Environment" } } } => true,
            _ => false,
        };
    }
}
