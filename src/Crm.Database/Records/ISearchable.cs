namespace Crm.Database.Records;

/// <summary>What a search finds by its words; both texts are written by <see cref="Search.SearchText"/>.</summary>
public interface ISearchable
{
    Guid Id { get; }

    /// <summary>What it is called, and how it is reached.</summary>
    string SearchTitle { get; }

    /// <summary>All of its words, those of the title among them.</summary>
    string SearchText { get; }

    /// <summary>Writes both anew.</summary>
    void RefreshSearch();
}
