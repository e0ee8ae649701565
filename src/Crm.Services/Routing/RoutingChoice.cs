using Crm.Contracts.Routing;

namespace Crm.Services.Routing;

/// <summary>Chooses one of those who could be given a lead.</summary>
internal static class RoutingChoice
{
    /// <summary>
    /// Smooth weighted round robin, as nginx balances its upstreams: with each turn everybody's number grows by the weight; the largest is chosen, the earlier where two are
    /// alike, and loses the sum of all weights. Over any number of turns among the same candidates each is given the part that the weights say, within one.
    /// </summary>
    /// <param name="candidates">Who could be given it; at least one.</param>
    /// <param name="turns">Everybody's number; those who aren't among the candidates now keep theirs.</param>
    /// <returns>The candidates with their numbers, and the place of the one who is chosen.</returns>
    public static (List<RoutingCandidateView> Candidates, int Chosen) ByTurns(IReadOnlyList<RoutingCandidateView> candidates, Dictionary<string, int> turns)
    {
        var (seen, chosen, sum) = (new List<RoutingCandidateView>(candidates.Count), 0, 0);
        foreach (var candidate in candidates)
        {
            sum += candidate.Weight;
            var turn = turns[candidate.UserId] = turns.GetValueOrDefault(candidate.UserId) + candidate.Weight;
            seen.Add(candidate with { Turn = turn });
            if (turn > seen[chosen].Turn) chosen = seen.Count - 1;
        }

        turns[seen[chosen].UserId] -= sum;
        return (seen, chosen);
    }

    /// <summary>Whoever has the fewest open leads by the weight; where several have, the one who was given the fewest today, and then the earliest.</summary>
    /// <param name="candidates">Who could be given it, with their open leads; at least one.</param>
    public static RoutingCandidateView ByLoad(IReadOnlyList<RoutingCandidateView> candidates) =>
        candidates.MinBy(candidate => (decimal.Divide(candidate.OpenLeads!.Value, candidate.Weight), candidate.LeadsToday))!;
}
