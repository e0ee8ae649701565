using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Crm.Contracts.Conditions;
using Crm.Contracts.Validation;
using Microsoft.OpenApi;
using TagsAttribute = Crm.Contracts.Validation.TagsAttribute;

namespace Crm.Api.OpenApi;

/// <summary>The validation attributes of a member, as bounds of its schema.</summary>
internal static class Rules
{
    public static void Apply(IEnumerable<Attribute> attributes, OpenApiSchema schema)
    {
        foreach (var attribute in attributes.OfType<ValidationAttribute>())
        {
            switch (attribute)
            {
                case RequiredAttribute when schema.Type == JsonSchemaType.String && schema.Format is null:
                    schema.MinLength = 1;
                    break;
                case StringLengthAttribute length:
                    schema.MaxLength = length.MaximumLength;
                    break;
                case MinLengthAttribute fewest when schema.Type == JsonSchemaType.Array:
                    schema.MinItems = fewest.Length;
                    break;
                case MaxLengthAttribute most when schema.Type == JsonSchemaType.Array:
                    schema.MaxItems = most.Length;
                    break;
                case RegularExpressionAttribute expression:
                    schema.Pattern = expression.Pattern;
                    break;
                case RangeAttribute range:
                    (schema.Minimum, schema.Maximum) = (Text(range.Minimum), Text(range.Maximum));
                    break;
                // No multipleOf: in the binary floating point of most validators 0.0003 is no multiple of 0.0001.
                case MoneyAttribute:
                    (schema.Minimum, schema.Maximum) = (Text(0), Text(MoneyAttribute.Max));
                    break;
                case RateAttribute:
                    (schema.Minimum, schema.Maximum) = (Text(RateAttribute.Min), Text(RateAttribute.Max));
                    break;
                case TagsAttribute:
                    schema.MaxItems = TagsAttribute.MaxCount;
                    schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = TagsAttribute.MaxLength };
                    break;
                case MemberIdsAttribute:
                    schema.MaxItems = MemberIdsAttribute.MaxCount;
                    schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = MemberIdsAttribute.MaxLength };
                    break;
                case ResourcesAttribute:
                    (schema.MinItems, schema.MaxItems, schema.UniqueItems) = (1, ResourcesAttribute.All.Count, true);
                    schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. ResourcesAttribute.All.Select(name => JsonValue.Create(name))] };
                    break;
                case EventTypesAttribute:
                    (schema.MinItems, schema.MaxItems, schema.UniqueItems) = (1, EventTypesAttribute.All.Count, true);
                    schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. EventTypesAttribute.All.Select(type => JsonValue.Create(type))] };
                    break;
                case ConditionAttribute or ReportParametersAttribute or FieldValuesAttribute:
                    schema.Type = JsonSchemaType.Object;
                    break;
                case AllowedValuesAttribute allowed:
                    schema.Enum = [.. allowed.Values.Select(value => JsonValue.Create((string)value!))];
                    break;
            }
        }
    }

    /// <summary>What the rules of our own ask for, in the words in which they refuse a value.</summary>
    public static string? InWords(MemberInfo member)
    {
        var rules = member.GetCustomAttributes<ValidationAttribute>().Where(rule => rule.GetType().Assembly == typeof(MoneyAttribute).Assembly).ToList();
        return rules.Count == 0 ? null : string.Join(' ', rules.Select(rule => $"It {rule.FormatErrorMessage("It")}."));
    }

    private static string Text(object bound) => Convert.ToString(bound, CultureInfo.InvariantCulture)!;
}
