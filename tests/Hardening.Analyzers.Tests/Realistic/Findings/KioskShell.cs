using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Kiosk;

public interface IScreen
{
    event EventHandler<string> Scanned;

    event EventHandler IdleElapsed;

    Task ShowAsync(string page);
}

public interface IShop
{
    Task<decimal> PriceAsync(string code);

    Task OrderAsync(IReadOnlyList<string> codes);
}

public class KioskShell
{
    public static readonly object Sync = new(); // HRD1002
    private static KioskShell? s_instance;

    private readonly IScreen _screen;
    private readonly IShop _shop;
    private readonly List<string> _basket = new();
    private readonly Thread _watch;
    private CancellationTokenSource? _idle;

    private KioskShell(IScreen screen, IShop shop)
    {
        _screen = screen;
        _shop = shop;
        _screen.Scanned += OnScanned;
        _screen.IdleElapsed += async (_, _) => await _screen.ShowAsync("welcome");
        _watch = new Thread(Watch) { Priority = ThreadPriority.Highest }; // HRD2013, HRD2017
        _watch.Start();
    }

    public static KioskShell Create(IScreen screen, IShop shop)
    {
        if (s_instance is null)
        {
            lock (Sync)
            {
                s_instance = new KioskShell(screen, shop); // HRD1013
            }
        }

        return s_instance;
    }

    public decimal Total
    {
        get
        {
            string[] codes;
            lock (Sync)
            {
                codes = _basket.ToArray();
            }

            return codes.Sum(code => _shop.PriceAsync(code).Result); // HRD2007
        }
    }

    public void Touch()
    {
        _idle = new CancellationTokenSource(TimeSpan.FromMinutes(1)); // HRD2016
        _idle.Token.Register(Reset);
    }

    private void OnScanned(object? sender, string code)
    {
        lock (Sync)
        {
            _basket.Add(code);
        }

        Touch();
        Order(code);
    }

    private void Order(string code) => _shop.OrderAsync(new[] { code }).Wait(); // HRD2007

    private void Reset()
    {
        lock (Sync)
        {
            _basket.Clear();
        }
    }

    private void Watch()
    {
        while (true)
        {
            var idle = _idle;
            if (idle is { IsCancellationRequested: true })
            {
                Reset();
            }

            Thread.Sleep(1_000);
        }
    }
}
