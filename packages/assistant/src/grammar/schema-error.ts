import { LlmError } from '@llm/core';

/** What of JSON schema is taken, for errors. */
const taken =
  'Taken are type, properties, required, additionalProperties, items, prefixItems, minItems, maxItems, enum, const, anyOf, oneOf of parts that exclude each other, allOf that can be joined, $ref within the schema, minLength, maxLength, pattern, format, minimum, maximum, exclusiveMinimum and exclusiveMaximum.';

/** `place`: JSON pointer of the part. */
export function unsupported(place: string, what: string): LlmError {
  return new LlmError({
    code: 'assistant/schema-unsupported',
    message: `The JSON schema has ${what} at ${place || '#'}, which answers cannot be held to. ${taken}`,
    details: { place, what },
  });
}

export function invalid(place: string, what: string): LlmError {
  return new LlmError({
    code: 'assistant/schema-invalid',
    message: `The JSON schema is not valid at ${place || '#'}: ${what}.`,
    details: { place, what },
  });
}
