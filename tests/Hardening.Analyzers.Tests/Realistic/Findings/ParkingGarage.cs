using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Data.Common;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace City.Parking;

public interface IParkingJournal
{
    void Write(string plate, bool entered);
}

internal sealed class SqlParkingJournal(DbDataSource source) : IParkingJournal
{
    public void Write(string plate, bool entered)
    {
        using var connection = source.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = entered ? "insert into visits (plate) values (@p)" : "update visits set ended = now() where plate = @p";
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@p";
        parameter.Value = plate;
        command.Parameters.Add(parameter);
        command.ExecuteNonQuery();
    }
}

public sealed class ParkingGarage(IParkingJournal journal, int places) : INotifyPropertyChanged
{
    private readonly object _sync = new(); // HRD1002
    private readonly ReaderWriterLockSlim _tariffLock = new();
    private readonly HashSet<string> _inside = new(StringComparer.OrdinalIgnoreCase);
    private SortedDictionary<int, decimal> _tariff = new();
    private int _free = places;

    public event PropertyChangedEventHandler? PropertyChanged;

    public object SyncRoot => _sync;

    public int Free
    {
        get
        {
            lock (_sync)
            {
                return _free;
            }
        }
        private set
        {
            lock (_sync)
            {
                _free = value;
                OnPropertyChanged(); // HRD1005
            }
        }
    }

    public bool Enter(string plate)
    {
        lock (_sync)
        {
            if (_free == 0 || !_inside.Add(plate))
            {
                return false;
            }

            journal.Write(plate, entered: true); // HRD1003
            _free--;
        }

        OnPropertyChanged(nameof(Free));
        return true;
    }

    public bool Leave(string plate)
    {
        lock (_sync)
        {
            if (!_inside.Remove(plate))
            {
                return false;
            }
        }

        journal.Write(plate, entered: false);
        Free = Math.Min(places, Free + 1);
        return true;
    }

    public async Task LoadTariffAsync(Func<Task<IReadOnlyDictionary<int, decimal>>> load)
    {
        _tariffLock.EnterWriteLock();
        try
        {
            var tariff = await load(); // HRD1003, HRD1005
            _tariff = new SortedDictionary<int, decimal>(tariff.ToDictionary(pair => pair.Key, pair => pair.Value));
        }
        finally
        {
            _tariffLock.ExitWriteLock();
        }
    }

    public decimal Price(int minutes)
    {
        if (!_tariffLock.TryEnterReadLock(TimeSpan.FromSeconds(1))) // HRD1009
        {
            return 0;
        }

        var price = _tariff.LastOrDefault(step => step.Key <= minutes).Value;
        _tariffLock.ExitReadLock();
        return price;
    }

    private void OnPropertyChanged([CallerMemberName] string name = "") => PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(name));
}
