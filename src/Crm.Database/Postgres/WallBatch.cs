using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Npgsql;

namespace Crm.Database.Postgres;

/// <summary>A save's statements, which stand behind those of the wall. The provider's own batch takes the first statement for its own.</summary>
internal sealed class WallBatch(ModificationCommandBatchFactoryDependencies dependencies) : ReaderModificationCommandBatch(dependencies)
{
    protected override int MaxBatchSize => 1000;

    protected override void Consume(RelationalDataReader reader)
    {
#pragma warning disable CS0618 // nothing else tells the rows that each statement touched
        var statements = ((NpgsqlDataReader)reader.DbDataReader).Statements;
#pragma warning restore CS0618
        var before = statements.Count - ModificationCommands.Count;
        for (var i = 0; i < ModificationCommands.Count; i++)
        {
            if (ResultSetMappings[i] != ResultSetMapping.NoResults) throw new InvalidOperationException($"{ModificationCommands[i].TableName} has values that the database makes, which no save reads.");
            if (statements[before + i].Rows == 1) continue;
            throw new DbUpdateConcurrencyException($"A row of {ModificationCommands[i].TableName} isn't as it was when it was read.", ModificationCommands[i].Entries);
        }
    }

    protected override Task ConsumeAsync(RelationalDataReader reader, CancellationToken cancellationToken = default)
    {
        Consume(reader);
        return Task.CompletedTask;
    }
}

internal sealed class WallBatchFactory(ModificationCommandBatchFactoryDependencies dependencies) : IModificationCommandBatchFactory
{
    public ModificationCommandBatch Create() => new WallBatch(dependencies);
}
