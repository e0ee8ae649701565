namespace Crm.Contracts;

/// <summary>A day of the week.</summary>
public enum Weekday { Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday }
