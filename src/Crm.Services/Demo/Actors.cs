using Crm.Contracts.Members;
using Crm.Database;
using Crm.Services.Members;
using Crm.Services.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Demo;

/// <summary>Who acts, and when it is.</summary>
internal sealed class Actors(IServiceProvider services, SimulatedClock clock, Guid tenantId)
{
    private readonly CrmDbContext db = services.GetRequiredService<CrmDbContext>();
    private readonly Caller caller = services.GetRequiredService<Caller>();
    private readonly AdmissionService admission = services.GetRequiredService<AdmissionService>();

    public void Enter(DemoUser user, DateTimeOffset at)
    {
        clock.Now = at;
        caller.Enter(Identity(user), tenantId, user.Role);
        db.Forget();
    }

    public Task AdmitAsync(DemoUser user, DateTimeOffset at, CancellationToken ct)
    {
        clock.Now = at;
        return admission.AdmitAsync(Identity(user), tenantId, ct);
    }

    private Identity Identity(DemoUser user) => new(user.Id, user.Name, user.Email, [tenantId], new Dictionary<Guid, Role> { [Guid.Empty] = user.Role });
}
