using System;
using System.Collections.ObjectModel;
using System.ComponentModel;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Kitchen.Desktop;

public sealed record Recipe(string Name, int Minutes);

public interface IRecipeStore
{
    Task<Recipe[]> SearchAsync(string text, CancellationToken token);
}

public interface IWindow
{
    event EventHandler Loaded;

    event EventHandler<CancelEventArgs> Closing;
}

/// <summary>Searches while the user types: only the last search counts.</summary>
public sealed class RecipeViewModel : INotifyPropertyChanged, IDisposable
{
    private readonly IRecipeStore _store;
    private CancellationTokenSource? _searching;
    private string _text = "";
    private string _status = "";

    public RecipeViewModel(IRecipeStore store, IWindow window)
    {
        _store = store;
        window.Loaded += OnLoaded;
        window.Closing += (_, _) => Dispose();
    }

    public event PropertyChangedEventHandler? PropertyChanged;

    public ObservableCollection<Recipe> Recipes { get; } = [];

    public string Status
    {
        get => _status;
        private set
        {
            _status = value;
            Notify();
        }
    }

    public string Text
    {
        get => _text;
        set
        {
            _text = value;
            Notify();
            Searching = SearchAsync(value);
        }
    }

    public Task Searching { get; private set; } = Task.CompletedTask;

    public void Dispose()
    {
        var searching = _searching;
        _searching = null;
        searching?.Cancel();
        searching?.Dispose();
    }

    private async void OnLoaded(object? sender, EventArgs e)
    {
        try
        {
            await SearchAsync("");
        }
        catch (Exception failure)
        {
            Status = failure.Message;
        }
    }

    private async Task SearchAsync(string text)
    {
        Dispose();
        var mine = new CancellationTokenSource();
        _searching = mine;
        try
        {
            await Task.Delay(250, mine.Token);
            var found = await _store.SearchAsync(text, mine.Token);
            Recipes.Clear();
            foreach (var recipe in found)
            {
                Recipes.Add(recipe);
            }

            Status = $"{found.Length} recipes";
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (IOException failure)
        {
            Status = failure.Message;
        }
    }

    private void Notify([CallerMemberName] string name = "") => PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(name));
}
