namespace Crm.Services.Events;

/// <summary>How many consumers of a kind a process works on at once, and how many of them for one tenant, so that nobody's slow ones hold up the others.</summary>
internal sealed class RelayPlaces
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> ofKind = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Kind, Guid TenantId), int> ofTenant = [];

    public bool TryTake(IEventConsumer consumer, Guid tenantId)
    {
        lock (gate)
        {
            var (all, own) = (ofKind.GetValueOrDefault(consumer.Kind), ofTenant.GetValueOrDefault((consumer.Kind, tenantId)));
            if (all >= consumer.AtOnce || own >= consumer.AtOnceOfTenant) return false;
            (ofKind[consumer.Kind], ofTenant[(consumer.Kind, tenantId)]) = (all + 1, own + 1);
            return true;
        }
    }

    public void GiveBack(IEventConsumer consumer, Guid tenantId)
    {
        lock (gate)
        {
            ofKind[consumer.Kind]--;
            if (--ofTenant[(consumer.Kind, tenantId)] == 0) ofTenant.Remove((consumer.Kind, tenantId));
        }
    }
}
