using System.Globalization;
using System.Net;
using Crm.Client;
using Crm.Contracts.Events;
using Crm.Contracts.Leads;
using Crm.Contracts.Members;
using Crm.Contracts.Scoring;
using Crm.Services.Scoring;
using Crm.Tests.Clients;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scoring;

public sealed class PredictiveTests
{
    private const int All = SyntheticTenant.Days * SyntheticTenant.LeadsOfDay;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task What_is_learnt_foretells_later_leads_better_than_the_rules_and_the_rate_and_by_nothing_that_came_later(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        var (crm, manager) = (ada.Typed(), ada.As(Role.Manager, "grace").Typed()); // with tokens of now, which the clock is to leave
        var tenant = new SyntheticTenant(host, clock, ada.TenantId);
        await ada.ScoreByAsync(
            new { name = "Referred", points = 40, condition = new { field = "source", @is = "REFERRAL" } },
            new { name = "Company mail", points = 25, condition = new { not = new { field = "email", contains = "@gmail." } } },
            new { name = "Called", points = 25, activity = new { direction = "OUTBOUND" } });
        await tenant.FillAsync();

        var model = await manager.Scoring.TrainAsync(Stop);

        (model.Version, model.IsActive, model.TrainedBy, model.Positives, model.Negatives).ShouldBe((1, true, "grace", tenant.Positives, All - tenant.Positives));
        ShouldForetell(model.Report);
        await ReportAsync(database, model.Report);
        ShouldHaveLearntTheOdds(model);
        (await crm.Scoring.ModelAsync(Stop)).Version.ShouldBe(1);

        // Marks that come later still, on each lead that became a customer, change nothing of what is learnt.
        var converted = await host.QueryAsync(ada.TenantId, db => db.Leads.Where(l => l.Status == LeadStatus.Converted).OrderByDescending(l => l.CreatedAt).Take(300).Select(l => l.Id).ToListAsync());
        await host.QueryAsync(ada.TenantId, async db =>
        {
            await SyntheticTenant.MarkAsync(db, converted.ConvertAll(id => (id, true)));
            return 0;
        });
        var again = await crm.Scoring.TrainAsync(Stop);
        (again.Version, again.Base).ShouldBe((2, model.Base));
        again.Weights.ShouldBe(model.Weights);
        again.Report.Model.ShouldBe(model.Report.Model);

        await ShouldCountALostDealAsAFailureAsync(ada, crm, clock, again);
        await ShouldScoreAndExplainAsync(ada, crm, clock);
        await ShouldLearnByItselfAsync(ada, crm, clock);
    }

    [Theory, EachDatabase]
    public async Task Of_too_few_outcomes_nothing_is_learnt_and_nothing_foretold(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper", source = "REFERRAL" });
        (await ada.PatchAsync($"/api/leads/{await ada.MakeAsync("leads", new { lastName = "No" })}", new { status = "UNQUALIFIED" })).ShouldBe(HttpStatusCode.OK);

        var refused = (await ada.PostAsync("/api/automation/scoring/train")).ShouldFail(HttpStatusCode.Conflict, "too-few-outcomes");

        (refused["positives"].GetInt32(), refused["negatives"].GetInt32()).ShouldBe((0, 1));
        (await ada.GetAsync("/api/automation/scoring/model")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await ada.GetAsync("/api/automation/scoring/models")).Items.ShouldBeEmpty();
        (await ada.PatchAsync("/api/automation/scoring", new { isActive = true, by = "PREDICTIVE" }))["model"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        await ada.ScoreAsync(lead);
        var why = await ada.Typed().Scoring.ExplainAsync(lead, Stop);
        (why.Score, why.By, why.Predictive, why.NoPrediction).ShouldBe((null, null, null, PredictionGap.TooFewOutcomes));
        (await ada.As(Role.Rep, "eve").PostAsync("/api/automation/scoring/train")).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
    }

    private static void ShouldForetell(ScoringReport report)
    {
        (report.TrainedOn.Positives + report.TrainedOn.Negatives).ShouldBe(All * 3 / 4);
        (report.TestedOn.Positives + report.TestedOn.Negatives).ShouldBe(All / 4);
        report.TestedOn.From.ShouldBeGreaterThanOrEqualTo(report.TrainedOn.To);
        report.Model.LogLoss!.Value.ShouldBeLessThan(report.BaseRate.LogLoss!.Value - 0.05m);
        report.Model.Brier.ShouldBeLessThan(report.BaseRate.Brier - 0.02m);
        report.Model.Brier.ShouldBeLessThan(report.Rules!.Brier - 0.02m);
        report.Model.Auc!.Value.ShouldBeGreaterThan(report.Rules.Auc!.Value + 0.02m);
        report.Model.Auc.Value.ShouldBeInRange(0.7m, 0.9m); // better would be by what nobody knew
        report.BaseRate.Auc.ShouldBe(0.5m);
        report.Calibration.Sum(bin => bin.Count).ShouldBe(All / 4);
        report.ExpectedCalibrationError.ShouldBeLessThan(0.06m);
    }

    private static async Task ReportAsync(Database database, ScoringReport report)
    {
        static string Fit(FitView fit) => string.Create(CultureInfo.InvariantCulture, $"{fit.Brier:0.0000} | {fit.Auc:0.000}");

        await Report.AddAsync("scoring", database, string.Create(CultureInfo.InvariantCulture, $"{report.TrainedOn.Positives + report.TrainedOn.Negatives} | {report.TestedOn.Positives + report.TestedOn.Negatives} | {Fit(report.Model)} | {Fit(report.Rules!)} | {Fit(report.BaseRate)} | {report.ExpectedCalibrationError:0.0000}"));
        await Report.AddAsync("calibration", database, string.Join(" | ", report.Calibration.Select(bin => bin.Count == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{bin.MeanPredicted:0.00} → {bin.ObservedRate:0.00} ({bin.Count})"))));
    }

    private static void ShouldHaveLearntTheOdds(ScoringModelView model)
    {
        decimal Weight(string feature, string value) => model.Weights.Single(weight => weight.Feature == feature && weight.Value == value).Weight;

        (Weight("source", "REFERRAL") - Weight("source", "ADVERTISING")).ShouldBe(2.6m, 0.4m);
        (Weight("companySize", "51-200") - Weight("companySize", "1-10")).ShouldBe(1.4m, 0.3m);
        (Weight("emailDomain", "company") - Weight("emailDomain", "free")).ShouldBe(0.7m, 0.3m);
        (Weight("response", "15 minutes") - Weight("response", "none") + Weight("outbound", "1") - Weight("outbound", "0")).ShouldBe(1, 0.3m);
        model.Weights.ShouldNotContain(weight => weight.Value == SyntheticTenant.Mark || weight.Value == "DE" || weight.Value == "PARTNER" || (weight.Feature == "inbound" && weight.Value != "0") || weight.Value == "UNQUALIFIED" || weight.Value == "CONVERTED");
    }

    private static async Task ShouldCountALostDealAsAFailureAsync(Client ada, CrmClient crm, SettableClock clock, ScoringModelView before)
    {
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });
        clock.Advance(TimeSpan.FromHours(1));
        var deal = (await ada.PostAsync($"/api/leads/{lead}/convert", new { deal = new { name = "Engine" } })).ShouldBe(HttpStatusCode.OK)["dealId"].GetGuid();
        var won = await crm.Scoring.TrainAsync(Stop);
        (await ada.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_LOST", lostReason = "Too dear" })).ShouldBe(HttpStatusCode.OK);
        var lost = await crm.Scoring.TrainAsync(Stop);

        (won.Positives - before.Positives, won.Negatives - before.Negatives, lost.Positives - before.Positives, lost.Negatives - before.Negatives).ShouldBe((1, 0, 0, 1));
        var models = (await crm.Scoring.ModelsAsync(new ScoringModelQuery { Sort = "version" }, Stop)).Items;
        models.Select(model => (model.Version, model.IsActive)).ShouldBe([(1, false), (2, false), (3, false), (4, true)]);
    }

    private static async Task ShouldScoreAndExplainAsync(Client ada, CrmClient crm, SettableClock clock)
    {
        (await ada.PatchAsync("/api/automation/scoring", new { by = "PREDICTIVE" })).ETag.ShouldBe("\"2-4\"");
        var (good, bad, unheard) = (await ada.MakeAsync("leads", new { lastName = "Good", source = "REFERRAL", companySize = "51-200", email = "a@fjordline.example" }), await ada.MakeAsync("leads", new { lastName = "Bad", source = "ADVERTISING", companySize = "1-10", email = "a@gmail.com" }), await ada.MakeAsync("leads", new { lastName = "Unheard", source = "SOCIAL", companyIndustry = "lighthouses" }));
        (await ada.Host.PassAsync(), await ada.Host.PassAsync()).ShouldBe((3, 0));

        foreach (var lead in new[] { good, bad, unheard })
        {
            var why = await crm.Scoring.ExplainAsync(lead, Stop);
            (why.Score, why.By, why.NoPrediction).ShouldBe((why.Predictive!.Score, ScoringMethod.Predictive, null));
            why.Predictive.Reasons.Sum(reason => reason.Contribution).ShouldBe(why.Predictive.LogOdds);
            ((double)why.Predictive.Probability).ShouldBe(LogisticRegression.Probability((double)why.Predictive.LogOdds), 1e-6);
            why.Predictive.Score.ShouldBe((int)decimal.Round(why.Predictive.Probability * 100));
            why.Rules.ShouldNotBeNull();
        }

        (await ada.ScoreOfAsync(good))!.Value.ShouldBeGreaterThan((await ada.ScoreOfAsync(bad))!.Value + 30);
        var reasons = (await crm.Scoring.ExplainAsync(unheard, Stop)).Predictive!.Reasons;
        reasons.Where(reason => reason.Feature is "source" or "industry").ShouldAllBe(reason => reason.Contribution == 0);

        // What is done after the first day counts for nothing; what was done within it does, once the day is over at the latest.
        var first = (await ada.ScoreOfAsync(bad))!.Value;
        clock.Advance(TimeSpan.FromMinutes(10));
        await ada.MakeAsync("activities", new { type = "CALL", subject = "Called", direction = "OUTBOUND", leadId = bad });
        clock.Advance(TimeSpan.FromDays(1));
        (await ada.Host.PassAsync(), await ada.Host.PassAsync()).ShouldBe((3, 0));
        var answered = (await ada.ScoreOfAsync(bad))!.Value;
        answered.ShouldBeGreaterThan(first);
        (await ada.PatchAsync($"/api/leads/{bad}", new { source = "REFERRAL" })).ShouldBe(HttpStatusCode.OK);
        (await ada.ScoreAsync(bad), await ada.ScoreOfAsync(bad)).ShouldBe((0, answered));
        (await ada.EventsAsync(bad)).Count(type => type == EventTypes.LeadScored).ShouldBe(2);
    }

    private static async Task ShouldLearnByItselfAsync(Client ada, CrmClient crm, SettableClock clock)
    {
        var trainer = ada.Host.Services.GetRequiredService<ModelTrainer>();
        async Task<int> VersionsAsync() => (await ada.GetAsync("/api/automation/scoring/models?take=1")).ShouldBe(HttpStatusCode.OK)["total"].GetInt32();

        (await trainer.RunDueAsync(Stop), await trainer.RunDueAsync(Stop), await VersionsAsync()).ShouldBe((1, 0, 4)); // nothing new
        var lead = await ada.MakeAsync("leads", new { lastName = "No" });
        clock.Advance(TimeSpan.FromDays(6));
        (await ada.PatchAsync($"/api/leads/{lead}", new { status = "UNQUALIFIED" })).ShouldBe(HttpStatusCode.OK);
        (await trainer.RunDueAsync(Stop)).ShouldBe(0);
        clock.Advance(TimeSpan.FromDays(1));
        (await trainer.RunDueAsync(Stop), await trainer.RunDueAsync(Stop), await VersionsAsync()).ShouldBe((1, 0, 5));
        (await crm.Scoring.ModelAsync(Stop)).TrainedBy.ShouldBe("scoring");
        (await ada.Host.PassAsync()).ShouldBeGreaterThan(0); // all leads anew, by the new model
    }
}
