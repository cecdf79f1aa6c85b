/**
 * The JSON of checkpoints: checkpoint.json in each folder, latest.json and best.json that point to one. Each
 * has a digest of itself; version 1 had none.
 */
import { type ArtifactStore, type JsonValue, LlmError } from '@llm/core';
import { sha256 } from './sha256.js';

export const manifestKind = 'llm-checkpoint';
export const pointerKind = 'llm-checkpoint-pointer';
const version = 2;

export const folderOf = (step: number): string => `step-${String(step).padStart(8, '0')}`;

export async function writeJson(
  store: ArtifactStore,
  key: string,
  kind: string,
  content: Readonly<Record<string, JsonValue>>,
): Promise<void> {
  const whole = { kind, version, ...content };
  const text = `${JSON.stringify({ ...whole, sha256: digestOf(whole) }, null, 2)}\n`;
  await store.write(key, new TextEncoder().encode(text));
}

/** Of the JSON without blanks, as it is after it was written and read. */
function digestOf(content: Readonly<Record<string, JsonValue>>): string {
  return sha256(new TextEncoder().encode(JSON.stringify(content)));
}

/** Throws `core/artifact-missing` or `model/checkpoint-invalid`. */
export async function readJson(
  store: ArtifactStore,
  key: string,
  kind: string,
): Promise<Record<string, JsonValue>> {
  const bytes = await store.read(key);
  let value: Record<string, JsonValue>;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, JsonValue>;
  } catch {
    throw invalid(key, `it is not JSON (${bytes.length} bytes)`, bytes.length);
  }
  if (value?.kind !== kind)
    throw invalid(key, `its kind is ${JSON.stringify(value?.kind)}, not "${kind}"`, 0);
  if (value.version !== 1 && value.version !== version)
    throw invalid(
      key,
      `its version is ${JSON.stringify(value.version)}, this package reads 1 and ${version}`,
      0,
    );
  const { sha256: digest, ...content } = value;
  if (value.version !== 1 && digest !== digestOf(content))
    throw invalid(key, 'its content is not what was written: it was changed or damaged', 0);
  return content;
}

/** The folder that latest.json or best.json points to. */
export async function pointedTo(store: ArtifactStore, key: string): Promise<string> {
  const { folder } = await readJson(store, key, pointerKind);
  if (typeof folder !== 'string' || !/^step-\d+$/.test(folder))
    throw invalid(key, `it points to ${JSON.stringify(folder)}, which is not a checkpoint beside it`, 0);
  return folder;
}

export function invalid(key: string, what: string, byte: number): LlmError {
  return new LlmError({
    code: 'model/checkpoint-invalid',
    message: `The checkpoint file ${key} cannot be used: ${what}. Delete it and continue from an older checkpoint.`,
    details: { key, byte },
  });
}
