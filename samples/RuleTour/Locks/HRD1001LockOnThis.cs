namespace RuleTour.Locks;

/// <summary>Prices that a feed writes and requests read. Whoever holds the board can lock it, too, and some day somebody does.</summary>
internal sealed class PriceBoard
{
    private readonly Dictionary<string, decimal> _prices = [];

    public void Update(string symbol, decimal price)
    {
        lock (this) // HRD1001
        {
            _prices[symbol] = price;
        }
    }

    public decimal? Find(string symbol)
    {
        lock (this) // HRD1001
        {
            return _prices.TryGetValue(symbol, out var price) ? price : null;
        }
    }
}
