using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Alarms;

internal static class AlarmMapping
{
    /// <summary>An index over the alarms that are set: what is due is found by it, whatever else there is.</summary>
    public static void HasAlarm<T>(this EntityTypeBuilder<T> record) where T : Record, IAlarmed =>
        record.HasIndex([nameof(Record.TenantId), nameof(IAlarmed.AlarmAt), nameof(Record.Id)], $"{record.Metadata.GetTableName()}_by_alarm").HasFilter("alarm_at IS NOT NULL");
}
