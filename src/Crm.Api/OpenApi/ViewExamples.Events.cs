using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;

namespace Crm.Api.OpenApi;

internal static partial class ViewExamples
{
    /// <summary>As the feed, the stream, webhooks and the broker carry it.</summary>
    private static EventView Event => new()
    {
        Id = new Guid("019aa4b4-03d0-7c1e-9a52-6f0b3d8e7c41"),
        Source = $"/crm/{Tenant}",
        Type = EventTypes.LeadStatusChanged,
        Subject = $"leads/{Lead.Id}",
        Time = Changed,
        Sequence = "4711",
        Data = new EventData
        {
            Version = Lead.Version,
            Actor = User,
            Changes = new Dictionary<string, FieldChange>(StringComparer.Ordinal) { ["status"] = new() { From = JsonSerializer.SerializeToElement("NEW"), To = JsonSerializer.SerializeToElement("CONTACTED") } },
            Record = JsonSerializer.SerializeToElement(Lead, CrmJson.Options),
        },
    };

    private static IEnumerable<object> OfEvents =>
    [
        new FeedPage { Items = [Event], Next = Event.Sequence!, HasMore = false },
        new ConsumerList
        {
            Items = [new ConsumerView { Name = "rabbitmq", Position = "4711", Behind = 3, LagSeconds = 12, Held = 0, Parked = 1, Problem = "The broker can't be reached.", RestsUntil = Changed.AddSeconds(14) }],
        },
        PageOf(new ParkedEventView
        {
            Id = new Guid("019aa4b9-5a10-7d33-8b7e-0c9f2e6d4a18"),
            Consumer = "rabbitmq",
            Tries = 10,
            Problem = "No queue takes it.",
            HeldAt = Changed,
            ParkedAt = Changed.AddMinutes(21),
            EventId = Event.Id,
            Type = Event.Type,
            Subject = Event.Subject,
        }),
        new RedrivenView { Count = 12 },
    ];
}
