namespace Crm.Database.Tasks;

public sealed partial class CrmTask
{
    public DateTimeOffset? AlarmAt { get; private set; }

    /// <summary>The <see cref="DueAt"/> that was told; another one is told anew.</summary>
    public DateTimeOffset? DueTold { get; private set; }

    /// <summary>The <see cref="RemindAt"/> that was told; another one is told anew.</summary>
    public DateTimeOffset? RemindTold { get; private set; }

    private bool IsToDo => CompletedAt is null && DeletedAt is null;

    private bool WasToldDue => IsToDo && DueAt is not null && DueAt == DueTold;

    private DateTimeOffset? UntoldReminder => IsToDo && RemindAt != RemindTold ? RemindAt : null;

    private DateTimeOffset? UntoldDue => IsToDo && DueAt != DueTold ? DueAt : null;

    public void Ring(DateTimeOffset now)
    {
        if (UntoldReminder < now) Raise("reminded");
        if (UntoldDue < now) Raise("due");
        Hush(now);
    }

    public void Hush(DateTimeOffset now)
    {
        if (UntoldReminder < now) RemindTold = RemindAt;
        if (UntoldDue < now) DueTold = DueAt;
        SetAlarm();
    }

    private void SetAlarm() => AlarmAt = UntoldReminder < UntoldDue ? UntoldReminder : UntoldDue ?? UntoldReminder;
}
