namespace Crm.Database.Records;

/// <summary>A record that a list's search finds by its words.</summary>
public interface ISearchable
{
    string SearchText { get; }
}
