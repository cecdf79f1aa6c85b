/**
 * Fields that both endpoints have, and how a body is held to its fields. A field is read, or known to be
 * without effect here (`ignored`), or refused by name: none is passed over.
 */
import type { JsonValue } from '@llm/core';
import { z } from 'zod';
import { invalidRequest } from '../api-error.js';

/** May be absent or null, both of which clients send for "default". */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Says nothing about the answer: for the provider's accounts, caches and audits. */
export const ignored = z
  .unknown()
  .optional()
  .transform(() => undefined);

/** Only the value that changes nothing is taken. */
export function only(neutral: readonly JsonValue[], why: string) {
  const isNeutral = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    neutral.some((each) => JSON.stringify(each) === JSON.stringify(value));
  return z
    .unknown()
    .optional()
    .refine(isNeutral, { message: `is not supported: ${why}` })
    .transform(() => undefined);
}

export const json = z.custom<JsonValue>((value) => value !== undefined, 'is missing');

export const samplingFields = {
  model: z.string(),
  n: optional(z.int().min(1)),
  stream: optional(z.boolean()),
  stream_options: optional(
    z.strictObject({ include_usage: optional(z.boolean()), include_obfuscation: ignored }),
  ),
  stop: optional(
    z.union([z.string().min(1), z.array(z.string().min(1)).max(16)], {
      error: 'must be a string that is not empty, or a list of at most 16 of them',
    }),
  ),
  seed: optional(z.int()),
  temperature: optional(z.number().min(0).max(100)),
  top_p: optional(z.number().min(0).max(1)),
  // The next three have vLLM's names.
  top_k: optional(z.int().min(-1)),
  min_p: optional(z.number().min(0).max(1)),
  repetition_penalty: optional(z.number().positive()),
  frequency_penalty: optional(z.number().min(-2).max(2)),
  presence_penalty: optional(z.number().min(-2).max(2)),
  logit_bias: optional(
    z
      .record(z.string().regex(/^\d{1,9}$/, 'must have token ids as names'), z.number().min(-100).max(100))
      .transform((bias) => new Map(Object.entries(bias).map(([id, value]) => [Number(id), value]))),
  ),
  user: ignored,
  metadata: ignored,
  store: ignored,
  service_tier: ignored,
  safety_identifier: ignored,
  prompt_cache_key: ignored,
  prompt_cache_retention: ignored,
};

/** Throws the first problem as the error that OpenAI's clients know. */
export function checked<Output>(schema: z.ZodType<Output>, body: JsonValue): Output {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const param = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const name = pathText([...issue.path, issue.keys[0]!]);
    throw invalidRequest(name, `Unrecognized request argument supplied: ${name}.`, 'unknown_parameter');
  }
  const what = param === '' ? 'The body' : param;
  throw invalidRequest(param, `${what}: ${issue.message}.`);
}

/** `messages[2].content` */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
