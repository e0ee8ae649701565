using System.Linq.Expressions;
using Crm.Contracts.Deals;

namespace Crm.Database.Deals;

public static class DealViews
{
    public static readonly Expression<Func<Deal, DealView>> Projection = deal => new DealView
    {
        Id = deal.Id,
        Name = deal.Name,
        LeadId = deal.LeadId,
        CustomerId = deal.CustomerId,
        PipelineId = deal.PipelineId,
        Stage = deal.Stage,
        StageEnteredAt = deal.StageEnteredAt,
        Value = deal.Value,
        Currency = deal.Currency,
        Probability = deal.Probability,
        WeightedValue = DealView.Weigh(deal.Value, deal.Probability ?? deal.CurrentStage.Probability),
        ExpectedCloseDate = deal.ExpectedCloseDate,
        OwnerId = deal.OwnerId,
        Description = deal.Description,
        Tags = deal.Tags,
        ClosedAt = deal.ClosedAt,
        LostReason = deal.LostReason,
        CreatedAt = deal.CreatedAt,
        CreatedBy = deal.CreatedBy,
        UpdatedAt = deal.UpdatedAt,
        UpdatedBy = deal.UpdatedBy,
        Version = deal.Version,
    };

    public static readonly Func<Deal, DealView> Of = Projection.Compile();
}
