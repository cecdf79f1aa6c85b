/** What an earlier run left under the prefix: all of it is used, or the units it finished, or nothing. */
import type { ArtifactStore } from '@llm/core';
import { readJson, writeJson } from './json-artifact.js';

/**
 * Keeps unfinished work of the same run; all else of ours under the prefix goes, the report first. Safe for
 * processes that begin at once: what they write lies under the fingerprint.
 */
export async function prepareWork(store: ArtifactStore, prefix: string, work: string): Promise<void> {
  if ((await readJson(store, `${work}/run.json`)) !== undefined) return;
  await store.delete(`${prefix}/report.json`);
  await deleteAll(store, `${prefix}/dropped`);
  await deleteAll(store, `${prefix}/measures`);
  await deleteAll(store, `${prefix}/shard-`);
  await deleteWork(store, prefix);
  await writeJson(store, `${work}/run.json`, { kind: 'data-work', version: 1 });
}

export function deleteWork(store: ArtifactStore, prefix: string): Promise<void> {
  return deleteAll(store, `${prefix}/work/`);
}

async function deleteAll(store: ArtifactStore, prefix: string): Promise<void> {
  for (const key of await store.list(prefix)) await store.delete(key);
}
