/** What an earlier run left under the prefix: all of it is used, or the units that it finished, or nothing. */
import type { ArtifactStore } from '@llm/core';
import type { DataReport } from './data-report.js';
import { readJson, writeJson } from './json-artifact.js';

/** The report of a whole run with the same fingerprint. */
export async function finishedReport(
  store: ArtifactStore,
  prefix: string,
  fingerprint: string,
): Promise<DataReport | undefined> {
  const report = await readJson<DataReport>(store, `${prefix}/report.json`);
  return report?.fingerprint === fingerprint ? report : undefined;
}

/** Keeps unfinished work of the same run; anything else under the prefix that is ours goes, the report first. */
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
