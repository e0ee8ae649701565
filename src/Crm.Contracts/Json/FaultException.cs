using System.Text.Json;

namespace Crm.Contracts.Json;

/// <summary>A value that a converter of ours refuses; the message says what the value must be, for the caller to read.</summary>
public sealed class FaultException(string fault, Exception? inner = null) : JsonException(fault, inner);
