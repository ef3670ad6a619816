namespace RuleTour.Locks;

/// <summary>Waits until a light is on. A thousand wake-ups a second, for each that waits, until somebody switches it on or for ever.</summary>
internal sealed class LightSwitch
{
    private volatile bool _isOn;

    public void TurnOn() => _isOn = true;

    public void WaitUntilOn()
    {
        while (!_isOn) // HRD1014
        {
            Thread.Sleep(1);
        }
    }
}
