/**
 * What is different between two settings of a stage, leaf by leaf, in words for the person who has to decide.
 */
import type { JsonValue } from '@llm/core';
import { canonicalJson } from './fingerprint.js';

/**
 * `steps: 400, now 500`, or `files./texts/chats.jsonl.bytes: 812, now 900`: entries of a list that have a
 * path go by it.
 */
export function settingsDifferences(before: JsonValue, after: JsonValue, path = ''): string[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const [one, other] = [byName(before), byName(after)];
  if (one === undefined || other === undefined)
    return [`${path}: ${canonicalJson(before)}, now ${canonicalJson(after)}`];
  const found = [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    settingsDifferences(one[key] ?? null, other[key] ?? null, path === '' ? key : `${path}.${key}`),
  );
  return found.length > 0 ? found : [`${path}: in another order`];
}

function byName(value: JsonValue): Readonly<Record<string, JsonValue>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return value as Readonly<Record<string, JsonValue>>;
  const paths = value.map((item: JsonValue) =>
    typeof item === 'object' && item !== null && 'path' in item ? String(item.path) : undefined,
  );
  return paths.length > 0 && paths.every((path) => path !== undefined)
    ? Object.fromEntries(paths.map((path, index) => [path, value[index] as JsonValue]))
    : undefined;
}
