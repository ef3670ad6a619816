using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using System.Windows.Input;

namespace Crm.Desktop.ViewModels;

public sealed record Customer(int Id, string Name, string City);

public interface ICustomerService
{
    Task<IReadOnlyList<Customer>> SearchAsync(string text);

    Task<decimal> TurnoverAsync(int customer);

    Task SaveAsync(Customer customer);
}

public sealed class RelayCommand(Action<object?> execute, Func<bool>? canExecute = null) : ICommand
{
    public event EventHandler? CanExecuteChanged;

    public bool CanExecute(object? parameter) => canExecute?.Invoke() ?? true;

    public void Execute(object? parameter) => execute(parameter);

    public void Refresh() => CanExecuteChanged?.Invoke(this, EventArgs.Empty);
}

public sealed class CustomerViewModel : INotifyPropertyChanged
{
    private readonly ICustomerService _service;
    private string _filter = "";
    private Customer? _selected;
    private bool _busy;

    public CustomerViewModel(ICustomerService service)
    {
        _service = service;
        SearchCommand = new RelayCommand(_ => Search(), () => !Busy);
        SaveCommand = new RelayCommand(async _ => await _service.SaveAsync(Selected!), () => Selected is not null); // HRD2009
    }

    public event PropertyChangedEventHandler? PropertyChanged;

    public ObservableCollection<Customer> Customers { get; } = [];

    public RelayCommand SearchCommand { get; }

    public RelayCommand SaveCommand { get; }

    public bool Busy
    {
        get => _busy;
        private set => Set(ref _busy, value);
    }

    public string Filter
    {
        get => _filter;
        set
        {
            if (Set(ref _filter, value) && value.Length > 2)
            {
                Search();
            }
        }
    }

    public Customer? Selected
    {
        get => _selected;
        set
        {
            if (Set(ref _selected, value))
            {
                OnPropertyChanged(nameof(Turnover));
                SaveCommand.Refresh();
            }
        }
    }

    public decimal Turnover => Selected is null ? 0 : _service.TurnoverAsync(Selected.Id).Result; // HRD2007

    private async void Search() // HRD2009
    {
        Busy = true;
        var found = await _service.SearchAsync(Filter);
        Customers.Clear();
        foreach (var customer in found.OrderBy(customer => customer.Name, StringComparer.CurrentCulture))
        {
            Customers.Add(customer);
        }

        Busy = false;
    }

    private bool Set<T>(ref T field, T value, [CallerMemberName] string name = "")
    {
        if (EqualityComparer<T>.Default.Equals(field, value))
        {
            return false;
        }

        field = value;
        OnPropertyChanged(name);
        return true;
    }

    private void OnPropertyChanged(string name) => PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(name));
}
