namespace Crm.Services.Demo;

/// <summary>Where people and companies are from, and how they write there.</summary>
/// <param name="Domain">What ends their addresses; reserved for examples, so that no mail arrives anywhere.</param>
/// <param name="Phones">Number ranges that the country's regulator keeps for fiction, <c>#</c> for a digit; none where it keeps none.</param>
internal sealed record Place(
    string Currency, string Domain, string[] Phones, string[] FirstNames, string[] LastNames, string[] Houses, Dictionary<string, string> Trades, string[] Forms);

internal static class Places
{
    public static readonly IReadOnlyList<(Place Item, int Weight)> All =
    [
        (Germany(["+49 30 23125 ###", "+49 (0)89 99998 ###", "040 66969###", "+49 221 4710 ###", "+49 69 90009-###"], "example.com", ["GmbH", "AG", "KG", "GmbH & Co. KG", "e. K."]), 30),
        (Germany([], "example.org", ["GesmbH", "AG", "OG"]), 7),
        (Germany([], "example.net", ["AG", "GmbH", "Sàrl"]), 6),
        (France(), 13),
        (Spain(), 9),
        (Poland(), 7),
        (Sweden(), 7),
        (Czechia(), 4),
        (English("EUR", "example.org", ["+44 20 7946 0###", "+44 1632 960###", "07700 900###"], ["Ltd", "plc", "LLP"]), 8),
        (English("USD", "example.com", ["+1 212 555 01##", "(415) 555-01##", "+1-312-555-01##"], ["Inc.", "LLC", "Corp."]), 9),
    ];

    private static Place Germany(string[] phones, string domain, string[] forms) => new(
        "EUR", domain, phones,
        ["Jürgen", "Käthe", "Sören", "Anneliese", "Günther", "Heike", "Björn", "Ulrike", "Jörg", "Sabine", "Matthias", "Änne", "Till", "Friederike", "Moritz", "Leonie"],
        ["Müllerfink", "Schönwetter", "Großkopf-Lind", "Büchsenmacher", "Krähwinkel", "Süßmilch", "Öhlenberg", "Hasenfuß", "Lämmerhirt", "Rübsam", "Weißdorn", "Zwölfer", "Kühlwein", "Nachtigäller", "Spörl", "Federkiel"],
        ["Quittenbach", "Zirbelmoor", "Möwenstieg", "Rübenau", "Silberdistel", "Kauzgrund", "Löwenzahn", "Nebelhorn & Söhne", "Grünspecht", "Sturmlaterne", "Ährenfeld", "Kieselgrund", "Fährmann", "Tüftelwerk", "Wolkenstein"],
        new() { ["Logistics"] = "Logistik", ["Manufacturing"] = "Maschinenbau", ["Software"] = "Software", ["Energy"] = "Energietechnik", ["Healthcare"] = "Medizintechnik", ["Retail"] = "Möbelhaus", ["Food"] = "Mühlenwerke", ["Construction"] = "Holzbau", ["Consulting"] = "Beratung" },
        forms);

    private static Place France() => new(
        "EUR", "example.net", ["01 99 00 ## ##", "+33 1 99 00 ## ##", "+33 (0)4 65 71 ## ##", "06 39 98 ## ##"],
        ["Zoé", "François", "Hélène", "Jérôme", "Aurélie", "Benoît", "Océane", "Rémi", "Thérèse", "Loïc", "Maëlle", "Gaël"],
        ["Chèvrefeuille", "Beaupré-Lune", "Petitgrain", "L'Écureuil", "Bonnefête", "Grandchêne", "Desforêts", "Noëlet", "Rougegorge", "Pommérie", "Mirabelle", "Tournevent"],
        ["Lune Bleue", "Mésange Dorée", "Châtaigneraie", "Vent d'Ouest", "Rivière Claire", "Étoile du Matin", "Coquelicot", "Bois Joli", "Hérisson", "Pont-aux-Fées"],
        new() { ["Logistics"] = "Transports", ["Manufacturing"] = "Mécanique", ["Software"] = "Logiciels", ["Energy"] = "Énergies", ["Healthcare"] = "Santé", ["Retail"] = "Mobilier", ["Food"] = "Pâtisseries", ["Construction"] = "Bâtiment", ["Consulting"] = "Conseil" },
        ["SARL", "SAS", "SA", "et Fils"]);

    private static Place Spain() => new(
        "EUR", "example.com", [],
        ["Íñigo", "Begoña", "José", "Lucía", "Ángel", "Núria", "Andrés", "Inés", "Tomás", "Sofía", "Joaquín", "Mónica"],
        ["Campoverde", "Peñaflor Ruiseñor", "Tresríos", "Buenaventura", "Cigüeña", "Montenublado", "Otoñal", "Luzardo", "Vientosur", "Almendrón", "Piñonero", "Azulejo"],
        ["Ruiseñor", "Tres Ríos", "Peña Alta", "Luna Nueva", "Almendro", "Cigüeña Blanca", "Montaña Azul", "Viento Sur", "Castaño", "Farol"],
        new() { ["Logistics"] = "Logística", ["Manufacturing"] = "Maquinaria", ["Software"] = "Informática", ["Energy"] = "Energías", ["Healthcare"] = "Clínicas", ["Retail"] = "Muebles", ["Food"] = "Conservas", ["Construction"] = "Construcción", ["Consulting"] = "Consultoría" },
        ["S.L.", "S.A.", "e Hijos"]);

    private static Place Poland() => new(
        "EUR", "example.net", [],
        ["Łukasz", "Małgorzata", "Paweł", "Żaneta", "Michał", "Agnieszka", "Wojciech", "Bożena", "Stanisław", "Ewelina"],
        ["Źródlany", "Wąsikowski", "Słowikowa", "Jeżyński", "Gołębica", "Świerkowy", "Żółtko", "Ćwiklarz", "Bławatek", "Chrząszczyk"],
        ["Żuraw", "Srebrny Bór", "Dąb i Lipa", "Gwieździsta", "Słonecznik", "Błękitna Łąka", "Źródło", "Jeżyk"],
        new() { ["Logistics"] = "Spedycja", ["Manufacturing"] = "Maszyny", ["Software"] = "Oprogramowanie", ["Energy"] = "Energia", ["Healthcare"] = "Zdrowie", ["Retail"] = "Meble", ["Food"] = "Piekarnie", ["Construction"] = "Budownictwo", ["Consulting"] = "Doradztwo" },
        ["sp. z o.o.", "S.A.", "sp. k."]);

    private static Place Sweden() => new(
        "EUR", "example.org", ["08-465 004 ##", "+46 31 390 06 ##", "+46 (0)70 174 06 ##"],
        ["Åsa", "Göran", "Märta", "Örjan", "Håkan", "Linnéa", "Björn", "Åke", "Frida", "Sixten"],
        ["Björkelöv", "Ängsvind", "Sjöstjärna", "Älgskog", "Hallonö", "Blåbärsson", "Norrsken", "Åkervinda", "Grönkvist-Lo", "Tranström"],
        ["Norrskenet", "Björkö", "Älgtorp", "Blåklinten", "Östanvind", "Tranbäret", "Sjöjungfrun", "Hästskon"],
        new() { ["Logistics"] = "Åkeri", ["Manufacturing"] = "Verkstad", ["Software"] = "Mjukvara", ["Energy"] = "Energi", ["Healthcare"] = "Vård", ["Retail"] = "Möbler", ["Food"] = "Bageri", ["Construction"] = "Bygg", ["Consulting"] = "Rådgivning" },
        ["AB", "& Döttrar AB", "HB"]);

    private static Place Czechia() => new(
        "EUR", "example.com", [],
        ["Jiří", "Božena", "Ondřej", "Zdeňka", "Tomáš", "Růžena", "Vítězslav", "Eliška"],
        ["Křepelka", "Medvěďák", "Šípková", "Hvězdář", "Jeřábek-Luh", "Dvořáček", "Žížalka", "Čápová"],
        ["Modrý Mlýn", "Stříbrná Liška", "Jeřabina", "Zlatý Kolovrat", "Sedm Růží", "Hvězdárna"],
        new() { ["Logistics"] = "Doprava", ["Manufacturing"] = "Strojírny", ["Software"] = "Systémy", ["Energy"] = "Energetika", ["Healthcare"] = "Zdraví", ["Retail"] = "Nábytek", ["Food"] = "Pekárny", ["Construction"] = "Stavby", ["Consulting"] = "Poradenství" },
        ["s.r.o.", "a.s."]);

    private static Place English(string currency, string domain, string[] phones, string[] forms) => new(
        currency, domain, phones,
        ["Hazel", "Otis", "Siân", "Barnaby", "Chloë", "Desmond", "Iris", "Fergus", "Maisie", "Renée", "Wendell", "Primrose", "Quentin", "Zara"],
        ["Thistlewood", "O'Marrow", "Fernsby-Hart", "Quillfeather", "Applegarth", "MacDoodle", "Winterbottle", "Larkspurr", "Oakenshaw", "Pennyroyal", "Bramblecote", "Tumbleton", "Goosegrass", "Underhay"],
        ["Copper Kettle", "Bramble & Finch", "Hollow Oak", "Paper Lantern", "Seven Sparrows", "Tin Whistle", "Marmalade", "Otterbrook", "Moonraker", "Penny Farthing", "Gingerbread", "Wildgoose"],
        new() { ["Logistics"] = "Freight", ["Manufacturing"] = "Engineering", ["Software"] = "Software", ["Energy"] = "Power", ["Healthcare"] = "Medical", ["Retail"] = "Furnishings", ["Food"] = "Foods", ["Construction"] = "Builders", ["Consulting"] = "Advisory" },
        forms);
}
