using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Database.Search;

/// <summary>
/// A word of the tenant's records, by itself and by what is left of it without one of its letters: two words that differ by one typing error share
/// one of these. Written by triggers with the record, for words of 4 to 24 letters; one that no record has any more may stay.
/// </summary>
public sealed class SearchWord : ITenantOwned
{
    /// <summary>The fewest letters with which a word is forgiven an error; of shorter ones too many are alike.</summary>
    public const int Shortest = 4;

    /// <summary>The most letters with which a word is forgiven an error.</summary>
    public const int Longest = 24;

    /// <summary>How many words that the tenant hadn't before are learned of one record, by its triggers.</summary>
    public const int MostNew = 100;

    public Guid TenantId { get; init; }

    /// <summary>The word, or the word without one letter.</summary>
    public string VariantKey { get; init; } = "";

    public string WordKey { get; init; } = "";

    /// <summary>The record that brought it, so that two writers of one new word don't wait for each other.</summary>
    public Guid RecordId { get; init; }
}

internal sealed class SearchWordMapping : IEntityTypeConfiguration<SearchWord>
{
    public void Configure(EntityTypeBuilder<SearchWord> word)
    {
        word.ToTable("search_words").HasKey(w => new { w.TenantId, w.VariantKey, w.WordKey, w.RecordId });
        word.HasOne<Tenant>().WithMany().HasForeignKey(w => w.TenantId).OnDelete(DeleteBehavior.NoAction);
    }
}
