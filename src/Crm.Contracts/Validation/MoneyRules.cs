using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Validation;

/// <summary>An amount of money: 0 to 999999999999.9999, at most four decimals.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MoneyAttribute : ValidationAttribute
{
    public const decimal Max = 999_999_999_999.9999m;
    public const int Decimals = 4;

    public override bool IsValid(object? value) => value is null || (value is decimal amount && FaultOf(amount) is null);

    public override string FormatErrorMessage(string name) => "must be an amount from 0 to 999999999999.9999 with at most four decimals";

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is decimal amount && FaultOf(amount) is { } fault ? new ValidationResult(fault) : ValidationResult.Success;

    private static string? FaultOf(decimal amount) => amount switch
    {
        < 0 => "must be at least 0",
        > Max => "must be at most 999999999999.9999",
        _ => decimal.Round(amount, Decimals) == amount ? null : "must have at most four decimals",
    };
}

/// <summary>A currency in use, by its ISO 4217 code.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CurrencyAttribute() : RegularExpressionAttribute("^[A-Z]{3}$")
{
    private static readonly FrozenSet<string> Codes = (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK "
        + "DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
        + "KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
        + "PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
        + "USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    public override bool IsValid(object? value) => value is null || (value is string code && Codes.Contains(code));

    public override string FormatErrorMessage(string name) => "must be the ISO 4217 code of a currency, such as EUR";
}
