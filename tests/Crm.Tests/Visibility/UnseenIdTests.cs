using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Walls;
using Shouldly;
using Xunit;

namespace Crm.Tests.Visibility;

/// <summary>
/// Where reps see their own records only, a colleague's is one that never existed: for every operation that a rep may do, and every
/// place in it that takes a record's id. The rep's own at the same place works.
/// </summary>
public sealed class UnseenIdTests
{
    private static readonly string[] NamesOfRecords = ["leadId", "dealId", "taskId"];

    [Theory, EachDatabase]
    public async Task A_colleagues_record_in_a_path_is_not_found(Database database) =>
        await EveryPlaceAsync(database, PlaceKind.Path, 15, (_, answer) => answer.ShouldFail(HttpStatusCode.NotFound, "not-found"));

    [Theory, EachDatabase]
    public async Task A_colleagues_record_in_a_body_is_an_unknown_reference(Database database) =>
        await EveryPlaceAsync(database, PlaceKind.Body, 15, (place, answer) => answer.ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe([place.Name]));

    [Theory, EachDatabase]
    public async Task A_filter_by_a_colleagues_record_finds_nothing(Database database) =>
        await EveryPlaceAsync(database, PlaceKind.Query, 5, (_, answer) => answer.ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty());

    private static async Task EveryPlaceAsync(Database database, PlaceKind kind, int fewest, Action<IdPlace, Answer> check)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        var mine = await World.MakeAsync(admin, "rep");
        var theirs = await World.MakeAsync(admin, "other");
        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        var tried = 0;
        foreach (var operation in Operation.Api(admin.Host).Where(operation => operation.Role <= Role.Rep))
        {
            foreach (var place in IdPlace.Of(operation).Where(place => place.Kind == kind && IsOfRecord(operation, place)))
            {
                var request = $"{operation.Name} with an id at {place.Name}";
                var fresh = (kind == PlaceKind.Query ? mine : await mine.FreshAsync()) with { Client = rep };
                var subject = operation.PathIds.Count == 0 ? "" : Samples.IdsFor(operation, new IdPlace(PlaceKind.Path, operation.PathIds[0]), fresh)![0];
                var before = await DataHash.OfAsync(admin.Host, admin.TenantId);

                foreach (var id in Samples.IdsFor(operation, place, theirs)!)
                {
                    var unknown = Guid.CreateVersion7().ToString();
                    var expected = await ForeignIdTests.SendAsync(operation, subject, place, unknown, fresh);
                    var answer = await ForeignIdTests.SendAsync(operation, subject, place, id, fresh);

                    check(place, answer);
                    ForeignIdTests.Comparable(answer, id).ShouldBe(ForeignIdTests.Comparable(expected, unknown), request);
                    tried++;
                }

                (await DataHash.OfAsync(admin.Host, admin.TenantId)).ShouldBe(before, request);
                var accepted = await ForeignIdTests.SendAsync(operation, subject, place, Samples.IdsFor(operation, place, kind == PlaceKind.Path ? fresh : mine)![0], fresh);
                ((int)accepted.Status).ShouldBeInRange(200, 299, $"{request} of one's own: {accepted.Text}");
                if (kind == PlaceKind.Query) accepted.Items.ShouldNotBeEmpty(request);
            }
        }

        tried.ShouldBeGreaterThan(fewest);
    }

    private static bool IsOfRecord(Operation operation, IdPlace place) =>
        place.Kind == PlaceKind.Path ? Records.Collections.Append("conversions").Contains(operation.Collection) : NamesOfRecords.Contains(place.Name.Split('/')[^1]);
}
