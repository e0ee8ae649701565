namespace Crm.Database.Deals;

public sealed partial class Deal
{
    public DateTimeOffset? AlarmAt { get; private set; }

    /// <summary>The <see cref="StageEnteredAt"/> of the stay in which it was told that the deal rots; another stay is told anew.</summary>
    public DateTimeOffset? RottingTold { get; private set; }

    /// <summary>
    /// When the deal begins to rot in its present stage, for as long as that isn't told. Where the stage has been given more days since the
    /// alarm was set, it tells nothing and is set anew; whoever gives it fewer lets the deals that stand in it ring at once.
    /// </summary>
    private DateTimeOffset? UntoldRotting =>
        ClosedAt is null && DeletedAt is null && RottingTold != StageEnteredAt && CurrentStage.RottingDays is { } days ? StageEnteredAt.AddDays(days) : null;

    public void Ring(DateTimeOffset now)
    {
        if (UntoldRotting < now) Raise("rotting");
        Hush(now);
    }

    public void Hush(DateTimeOffset now)
    {
        if (UntoldRotting < now) RottingTold = StageEnteredAt;
        SetAlarm();
    }

    private void SetAlarm() => AlarmAt = UntoldRotting;
}
