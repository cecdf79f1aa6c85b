/**
 * The small JSON files of a run carry a digest of themselves: what was damaged is told from what was written,
 * and no reader has to doubt every field. Version 1 had none.
 */
import { createHash } from 'node:crypto';

const version = 2;

/** `content` without its kind and version. */
export function sealedJson(kind: string, content: object): string {
  const whole = { kind, version, ...content };
  return `${JSON.stringify({ ...whole, sha256: digestOf(whole) }, null, 2)}\n`;
}

/** Undefined when it is of another kind or version, or not what was written. */
export function unsealedJson<Content>(text: string, kind: string): Content | undefined {
  let value: Readonly<Record<string, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value?.kind !== kind) return undefined;
  const { sha256, ...whole } = value;
  const isWhole =
    whole.version === 1 ? sha256 === undefined : whole.version === version && sha256 === digestOf(whole);
  return isWhole ? (whole as Content) : undefined;
}

/** Of the JSON without blanks, as it is after it was written and read. */
function digestOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
