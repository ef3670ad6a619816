namespace Hardening.Analyzers.Tests.Verification;

/// <summary>What is marked against what is reported.</summary>
internal static class Expectations
{
    public static async Task ReportsAsync(ImmutableArray<DiagnosticAnalyzer> analyzers, string markup, Setup? setup, string? message)
    {
        var files = Markup.Parse(markup);
        var project = RuleRunner.CreateProject(files, setup ?? Setup.Default);
        var reported = await RuleRunner.RunAsync(analyzers, project, "the test source");
        VerifyMarks(files, project, reported);
        await VerifyEditorAsync(analyzers, project, reported);
        foreach (var actual in reported.Select(diagnostic => diagnostic.GetMessage(null)))
        {
            if (message is not null && actual != message)
            {
                throw new VerificationException($"another message.\n--- expected\n{message}\n--- but is\n{actual}");
            }

            if (actual.Contains("{0}", StringComparison.Ordinal) || actual.Contains("''", StringComparison.Ordinal))
            {
                throw new VerificationException($"the message lacks a name: {actual}");
            }
        }
    }

    /// <summary>An editor shows what a build reports, but for what needs the end of the compilation.</summary>
    public static async Task VerifyEditorAsync(ImmutableArray<DiagnosticAnalyzer> analyzers, Project project, ImmutableArray<Diagnostic> reported)
    {
        var built = reported.Where(diagnostic => !diagnostic.Descriptor.CustomTags.Contains(WellKnownDiagnosticTags.CompilationEnd)).Select(diagnostic => diagnostic.ToString());
        var shown = (await RuleRunner.RunInEditorAsync(analyzers, project)).Select(diagnostic => diagnostic.ToString());
        if (!built.SequenceEqual(shown, StringComparer.Ordinal))
        {
            throw new VerificationException($"an editor shows something else than a build.\n--- build\n{string.Join('\n', built)}\n--- editor\n{string.Join('\n', shown)}");
        }
    }

    public static void VerifyMarks(ImmutableArray<MarkedFile> files, Project project, ImmutableArray<Diagnostic> reported)
    {
        var marks = files.SelectMany(file => file.Marks.Select(mark => (file.Name, Mark: mark))).ToList();
        foreach (var diagnostic in reported)
        {
            var name = project.GetDocument(diagnostic.Location.SourceTree)?.Name;
            var match = marks.FindIndex(mark =>
                mark.Name == name && mark.Mark.Span == diagnostic.Location.SourceSpan && (mark.Mark.Id is null || mark.Mark.Id == diagnostic.Id));
            if (match < 0)
            {
                throw Differs("more is reported than is marked", files, project, reported);
            }

            marks.RemoveAt(match);
        }

        if (marks.Count > 0)
        {
            throw Differs("less is reported than is marked", files, project, reported);
        }
    }

    public static VerificationException Differs(string what, ImmutableArray<MarkedFile> files, Project project, ImmutableArray<Diagnostic> reported)
    {
        var actual = files.Select(file => file with
        {
            Marks = [.. reported.Where(diagnostic => project.GetDocument(diagnostic.Location.SourceTree)?.Name == file.Name)
                .Select(diagnostic => new Mark(diagnostic.Id, diagnostic.Location.SourceSpan))],
        });
        return new VerificationException(
            $"{what}.\n--- marked\n{Markup.Render(files)}\n--- reported\n{Markup.Render(actual)}\n---\n{string.Join('\n', reported)}");
    }

    /// <summary>The files of the test as they are now, without those of its <see cref="Setup"/>.</summary>
    public static async Task<ImmutableArray<MarkedFile>> FilesAsync(Project project, ImmutableArray<MarkedFile> files)
    {
        var texts = await Task.WhenAll(files.Select(file => RuleRunner.DocumentOf(project, file.Name).GetTextAsync()));
        return [.. files.Zip(texts, (file, text) => new MarkedFile(file.Name, text.ToString(), []))];
    }
}
