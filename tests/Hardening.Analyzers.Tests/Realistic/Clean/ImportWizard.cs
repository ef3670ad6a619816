using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using System.Windows.Input;

namespace Ledger.Desktop;

public sealed record ImportRow(string Account, decimal Amount);

public interface IImportTarget
{
    Task<int> InsertAsync(IReadOnlyList<ImportRow> rows, CancellationToken token);
}

public interface IDialogs
{
    Task<string?> AskFileAsync();

    void ShowError(string text);
}

public sealed class AsyncCommand(Func<CancellationToken, Task> execute, Action<Exception> failed) : ICommand, IDisposable
{
    private CancellationTokenSource? _running;

    public event EventHandler? CanExecuteChanged;

    public bool CanExecute(object? parameter) => _running is null;

    public async void Execute(object? parameter)
    {
        if (_running is not null)
        {
            return;
        }

        _running = new CancellationTokenSource();
        CanExecuteChanged?.Invoke(this, EventArgs.Empty);
        try
        {
            await execute(_running.Token);
        }
        catch (Exception failure)
        {
            failed(failure);
        }
        finally
        {
            _running.Dispose();
            _running = null;
            CanExecuteChanged?.Invoke(this, EventArgs.Empty);
        }
    }

    public void Cancel() => _running?.Cancel();

    public void Dispose() => _running?.Dispose();
}

/// <summary>Reads a file on the pool, and inserts it in parts of a fixed size.</summary>
public sealed class ImportWizard
{
    private const int PartSize = 200;

    private readonly IImportTarget _target;
    private readonly IDialogs _dialogs;
    private readonly IProgress<int> _progress;
    private readonly Lazy<Task<HashSet<string>>> _accounts;

    public ImportWizard(IImportTarget target, IDialogs dialogs, IProgress<int> progress, string accountsFile)
    {
        (_target, _dialogs, _progress) = (target, dialogs, progress);
        _accounts = new Lazy<Task<HashSet<string>>>(() => Task.Run(() => new HashSet<string>(File.ReadLines(accountsFile), StringComparer.Ordinal)));
        Import = new AsyncCommand(ImportAsync, failure => _dialogs.ShowError(failure.Message));
    }

    public AsyncCommand Import { get; }

    private async Task ImportAsync(CancellationToken token)
    {
        if (await _dialogs.AskFileAsync() is not { } file)
        {
            return;
        }

        var accounts = await _accounts.Value.WaitAsync(token);
        var rows = await Task.Run(() => Parse(file, accounts), token);
        var inserted = 0;
        foreach (var part in rows.Chunk(PartSize))
        {
            inserted += await _target.InsertAsync(part, token);
            _progress.Report(inserted * 100 / rows.Count);
        }
    }

    private static List<ImportRow> Parse(string file, HashSet<string> accounts)
    {
        var rows = new List<ImportRow>();
        foreach (var cells in File.ReadLines(file).Select(line => line.Split(';')))
        {
            if (cells.Length == 2 && accounts.Contains(cells[0]) && decimal.TryParse(cells[1], out var amount))
            {
                rows.Add(new ImportRow(cells[0], amount));
            }
        }

        return rows;
    }
}
