/** What an earlier run left under the prefix: all of it is used, or the units it finished, or nothing. */
import type { ArtifactStore } from '@llm/core';
import { readJson, writeJson } from './json-artifact.js';

/** Keeps unfinished work of the same run; all else of ours under the prefix goes, the report first. */
export async function prepareWork(store: ArtifactStore, prefix: string, fingerprint: string): Promise<void> {
  const key = `${prefix}/work/run.json`;
  const run = await readJson<{ readonly fingerprint?: string | undefined }>(store, key);
  if (run?.fingerprint === fingerprint) return;
  await store.delete(`${prefix}/report.json`);
  await store.delete(`${prefix}/dropped.jsonl.gz`);
  await deleteAll(store, `${prefix}/shard-`);
  await deleteWork(store, prefix);
  await writeJson(store, key, { fingerprint });
}

export function deleteWork(store: ArtifactStore, prefix: string): Promise<void> {
  return deleteAll(store, `${prefix}/work/`);
}

async function deleteAll(store: ArtifactStore, prefix: string): Promise<void> {
  for (const key of await store.list(prefix)) await store.delete(key);
}
