/**
 * What a complete stage left, name by name and size by size, so that a later session notices what is gone.
 */
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import type { DirectoryStore } from '@llm/core/node';
import { quoted, typed } from '../terminal/typed-command.js';
import { type StageState, stageStateKey } from './stage-state.js';

/**
 * Key below the run directory → bytes. Parts measured on the way are only for a resumption, and not counted.
 */
export async function listArtifacts(
  store: DirectoryStore,
  { name, scratch = [] }: { readonly name: string; readonly scratch?: readonly string[] | undefined },
): Promise<Record<string, number>> {
  const passing = [...scratch, 'parts'].map((folder) => `${name}/${folder}/`);
  const artifacts: Record<string, number> = {};
  for (const key of await store.list(`${name}/`)) {
    if (key === stageStateKey(name) || passing.some((prefix) => key.startsWith(prefix))) continue;
    artifacts[key] = await store.size(key);
  }
  return artifacts;
}

/**
 * `directory`: the run, as it is to be named. Throws `pipeline/artifact-gone` when something a complete stage
 * left is missing or has another size.
 */
export async function checkArtifacts(
  store: DirectoryStore,
  directory: string,
  state: StageState,
): Promise<void> {
  const gone: string[] = [];
  for (const [key, bytes] of Object.entries(state.artifacts ?? {})) {
    const size = (await store.has(key)) ? await store.size(key) : undefined;
    if (size === undefined) gone.push(`${key} is gone`);
    else if (size !== bytes) gone.push(`${key} has ${size} bytes instead of ${bytes}`);
  }
  if (gone.length === 0) return;
  const { stage } = state;
  const rest = gone.length === 1 ? '' : `, and so on: ${gone.length} files in all`;
  throw new LlmError({
    code: 'pipeline/artifact-gone',
    message: `The stage "${stage}" of ${directory} was complete, but ${gone[0]}${rest}. Put it back from a copy, or delete the folder ${join(directory, stage)} and make it again with: ${typed(`run --run ${quoted(directory)}`)} (later stages stay as they are)`,
    details: { stage, gone },
  });
}
