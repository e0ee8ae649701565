using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Contracts.Routing;
using Crm.Database;
using Crm.Database.Routing;
using Crm.Database.Tenancy;
using Crm.Services.Analytics;
using Crm.Services.Audit;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Routing;

/// <summary>When and how many leads members take that are given by routing.</summary>
public sealed class AvailabilityService(CrmDbContext db, Caller caller)
{
    /// <param name="userId">Of which member; <c>me</c> for the caller.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>Null for no such member.</returns>
    public async Task<AvailabilityView?> FindAsync(string userId, CancellationToken ct)
    {
        userId = caller.Resolve(userId)!;
        if (!await db.Members.AnyAsync(m => m.UserId == userId, ct)) return null;
        return await ViewOfAsync(await db.Availabilities.AsNoTracking().SingleOrDefaultAsync(a => a.UserId == userId, ct) ?? new Availability(caller.TenantId, userId), ct);
    }

    /// <summary>Changes it from now on. What waits for somebody is looked at again at once.</summary>
    /// <param name="userId">Of which member; <c>me</c> for the caller.</param>
    /// <param name="change">What.</param>
    /// <param name="ifMatch">The version that the caller has seen; null to change whatever is there.</param>
    /// <param name="ct">Stops it before it is saved.</param>
    /// <exception cref="CrmException">400 for an absence that ends before it begins; 403 for another's without the role MANAGER; 404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<AvailabilityView> ChangeAsync(string userId, Changes<AvailabilityFields> change, int? ifMatch, CancellationToken ct)
    {
        userId = caller.Resolve(userId)!;
        return db.UnlessOutrunAsync(
            () => db.InTransactionAsync(() => ChangeInTurnAsync(userId, change, ifMatch, ct), ct),
            () => ifMatch is null ? null : Stale(userId),
            () => CrmException.Contended("availability", userId),
            ct);
    }

    private async Task<AvailabilityView> ChangeInTurnAsync(string userId, Changes<AvailabilityFields> change, int? ifMatch, CancellationToken ct)
    {
        if (!await db.Members.AnyAsync(m => m.UserId == userId, ct)) throw CrmException.NotFound("member", userId);
        if (userId != caller.UserId && caller.Role < Role.Manager) throw new CrmException(FailureKind.Forbidden, FailureCodes.RoleForbidden, "This is somebody else's availability; changing it takes the role MANAGER.");
        await db.RoutingPlans.AsNoTracking().ForUpdate().ToListAsync(ct); // so that what is decided at this moment either knows of the change or is looked at again
        var availability = await db.Availabilities.ForUpdate().SingleOrDefaultAsync(a => a.UserId == userId, ct);
        if (ifMatch is { } version && version != (availability?.Version ?? 0)) throw Stale(userId);
        var isNew = availability is null;
        availability ??= new Availability(caller.TenantId, userId);
        var was = availability.Fields();
        var fields = change.ApplyTo(availability.Fields());
        Check(fields);
        if (availability.Change(fields, db.Stamp().At))
        {
            if (isNew) db.Add(availability);
            db.Audit(EventTypes.AvailabilityChanged, "availability", userId, Differences.Between(was, availability.Fields()));
            await db.SaveChangesAsync(ct);
            await RoutingService.WakeAsync(db, ct);
        }

        return await ViewOfAsync(availability, ct);
    }

    private static void Check(AvailabilityFields fields)
    {
        for (var i = 0; i < fields.Absences.Count; i++)
        {
            if (fields.Absences[i].To < fields.Absences[i].From) throw CrmException.Invalid($"/absences/{i}/to", "must not be before from");
        }
    }

    private async Task<AvailabilityView> ViewOfAsync(Availability availability, CancellationToken ct)
    {
        var userId = availability.UserId;
        var quota = await db.RoutingQuotas.AsNoTracking().SingleOrDefaultAsync(q => q.UserId == userId, ct);
        var zone = await db.Tenants.Select(t => t.TimeZone).SingleAsync(ct);
        var today = new Calendar(TimeZoneInfo.FindSystemTimeZoneById(zone)).DateOf(db.Stamp().At);
        return new AvailabilityView
        {
            UserId = userId,
            AcceptsLeads = availability.AcceptsLeads,
            LeadsPerDay = availability.LeadsPerDay,
            WorkingHours = availability.ReadHours(),
            Absences = availability.ReadAbsences(),
            LeadsToday = quota?.On(today) ?? 0,
            UpdatedAt = availability.UpdatedAt,
            Version = availability.Version,
        };
    }

    private static CrmException Stale(string userId) =>
        new(FailureKind.PreconditionFailed, FailureCodes.Stale, $"The availability of {userId} was changed since you read it. Read it again and send the change with its new ETag.");
}
