namespace RuleTour.Locks;

/// <summary>A warehouse with a lock for orders and one for shelves. A reservation and an inventory at the same time wait for each other for good.</summary>
internal sealed class Warehouse
{
    private readonly Lock _orders = new();
    private readonly Lock _shelves = new();
    private int _open;
    private int _free = 500;

    public void Reserve(int pieces)
    {
        lock (_orders)
        {
            _open++;
            Take(pieces); // HRD1008
        }
    }

    public (int Free, int Open) TakeInventory()
    {
        lock (_shelves)
        {
            lock (_orders)
            {
                return (_free, _open);
            }
        }
    }

    private void Take(int pieces)
    {
        lock (_shelves)
        {
            _free -= pieces;
        }
    }
}
