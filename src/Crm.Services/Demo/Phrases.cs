using Crm.Contracts.Activities;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;

namespace Crm.Services.Demo;

/// <summary>What people write.</summary>
internal static class Phrases
{
    public static readonly string[] JobTitles =
    [
        "Managing Director", "Head of Purchasing", "Operations Manager", "IT Manager", "Office Manager", "Geschäftsführerin", "Einkaufsleiter", "Directrice générale",
        "Responsable achats", "Jefe de compras", "Finance Director", "Plant Manager", "Founder", "VP Operations", "Project Manager",
    ];

    public static readonly IReadOnlyList<(LeadSource Item, int Weight)> Sources =
    [
        (LeadSource.Website, 30), (LeadSource.Referral, 12), (LeadSource.Event, 12), (LeadSource.Advertising, 12), (LeadSource.Social, 10),
        (LeadSource.Email, 9), (LeadSource.Partner, 7), (LeadSource.Phone, 5), (LeadSource.Other, 3),
    ];

    /// <summary>How many of a hundred leads of a source are worth a deal.</summary>
    public static int Quality(LeadSource source) => source switch
    {
        LeadSource.Referral => 62,
        LeadSource.Partner => 52,
        LeadSource.Event => 40,
        LeadSource.Website => 36,
        LeadSource.Phone => 34,
        LeadSource.Email => 28,
        LeadSource.Social => 19,
        LeadSource.Advertising => 16,
        _ => 24,
    };

    public static readonly string[] LeadTags = ["newsletter", "trade fair", "VIP", "competitor customer", "price-sensitive", "Q4 budget", "reseller", "callback"];
    public static readonly string[] DealTags = ["renewal", "upsell", "strategic", "tender", "pilot"];
    public static readonly string[] Offers = ["Starter package", "Annual licence", "Rollout", "Fleet upgrade", "Service contract", "Pilot project", "Extension", "Integration", "Maintenance", "Training days"];

    public static readonly IReadOnlyList<(string Item, int Weight)> LostReasons =
    [
        ("Too expensive", 28), ("Chose a competitor", 22), ("No decision", 16), ("No budget this year", 14), ("Missing feature", 9), ("Project cancelled", 7), ("Contact has left the company", 4),
    ];

    public static readonly string?[] LeadNotes =
    [
        null, null, null, "Asked for a quote through the contact form.", "Wants to replace the spreadsheet that they use today.", "Met at the fair; interested, but not before next quarter.",
        "Recommended by a customer.", "Downloaded the price list twice.", "Compares us with two others.", "Entscheidet zusammen mit der Geschäftsführung.", "Préfère être contactée par courriel.",
    ];

    public static readonly string[] MailBodies =
    [
        "Thank you for your time today. As agreed I am sending the overview and two references.", "Attached is the offer as discussed. It is valid for 30 days.",
        "Could you tell me who else takes part in the decision?", "Just a short question: has the budget been approved?", "Vielen Dank für das freundliche Gespräch. Anbei die Unterlagen.",
    ];

    public static readonly string[] NoteBodies =
    [
        "Budget is there, the decision is taken in the board's next meeting.", "Very satisfied with the trial; open point is the interface to the ERP.",
        "Purchasing wants another 5 %.", "Champion is on holiday for two weeks.", "Legal is checking the data processing agreement.", "They have three sites and want to begin with one.",
    ];

    public static string Subject(ActivityType type, bool inbound, Dice dice) => dice.Of(type switch
    {
        ActivityType.Call => inbound ? ["Called back", "Asked about prices", "Question about the offer"] : ["Introductory call", "Follow-up call", "Left a message", "Talked through the offer", "Clarified requirements"],
        ActivityType.Email => inbound ? ["Re: Your offer", "Question", "Anfrage", "Demande de devis"] : ["Our offer", "Documents as discussed", "Dates for a demo", "Checking in"],
        ActivityType.Meeting => (string[])["Demo", "Kick-off", "Workshop on requirements", "Negotiation", "Visit on site"],
        _ => ["Note", "Result of the research", "Background"],
    });

    public static readonly IReadOnlyList<(TaskType Item, int Weight)> TaskTypes =
        [(TaskType.Call, 30), (TaskType.FollowUp, 28), (TaskType.Email, 20), (TaskType.Meeting, 14), (TaskType.Note, 8)];

    public static string TaskTitle(TaskType type, string about, Dice dice) => $"{dice.Of(type switch
    {
        TaskType.Call => (string[])["Call", "Call back", "Ring up"],
        TaskType.Email => ["Send the documents to", "Write to", "Send the offer to"],
        TaskType.Meeting => ["Prepare the demo for", "Arrange a meeting with"],
        TaskType.Note => ["Research", "Write up the meeting with"],
        _ => ["Follow up with", "Ask again:", "Check the state of"],
    })} {about}";

    public static readonly IReadOnlyList<(TaskPriority Item, int Weight)> Priorities =
        [(TaskPriority.Low, 15), (TaskPriority.Medium, 55), (TaskPriority.High, 24), (TaskPriority.Urgent, 6)];

    public static readonly string[] Chores = ["Prepare the weekly pipeline review", "Update the price list", "Book a stand for the fair", "Clean up old leads", "Monthly report", "Onboard the new colleague", "Order business cards"];
}
