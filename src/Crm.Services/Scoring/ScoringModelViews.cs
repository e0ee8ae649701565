using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Scoring;
using Crm.Database.Scoring;

namespace Crm.Services.Scoring;

internal static class ScoringModelViews
{
    public static ScoringModelView Of(ScoringModel model)
    {
        var learnt = LearntModel.Read(model.Weights);
        return new ScoringModelView
        {
            Id = model.Id,
            Version = model.Version,
            TrainedAt = model.TrainedAt,
            TrainedBy = model.TrainedBy,
            IsActive = model.IsActive,
            Positives = model.Positives,
            Negatives = model.Negatives,
            Base = learnt.Base,
            Weights = learnt.Weights,
            Report = JsonSerializer.Deserialize<ScoringReport>(model.Report, CrmJson.Options)!,
        };
    }

    public static string Write(ScoringReport report) => JsonSerializer.Serialize(report, CrmJson.Options);
}
