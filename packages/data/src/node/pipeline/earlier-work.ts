/** What an earlier run left under the prefix: all of it is used, or the units it finished, or nothing. */
import { type ArtifactStore, LlmError } from '@llm/core';
import { readJson, writeJson } from './json-artifact.js';

/** Names of ours under the prefix. */
const ours = /^(?:report\.json|(?:dropped|measures)(?:-\d{5})?\.jsonl\.gz|shard-\d{5,}\.jsonl\.gz)$/;

/**
 * Keeps unfinished work of the same run; all else of ours under the prefix goes, the report first. Safe for
 * processes that begin at once: what they write lies under the fingerprint. Throws `data/output-foreign`
 * where files lie that no run says are its own, and deletes nothing then.
 */
export async function prepareWork(store: ArtifactStore, prefix: string, work: string): Promise<void> {
  if ((await readJson(store, `${work}/run.json`)) !== undefined) return;
  const keys = await store.list(`${prefix}/`);
  const old = keys.filter((key) => ours.test(key.slice(prefix.length + 1)));
  const report = await readJson<{ fingerprint?: unknown }>(store, `${prefix}/report.json`);
  const isOurs =
    typeof report?.fingerprint === 'string' ||
    (report === undefined && (await isCutOff(store, `${prefix}/report.json`))) ||
    keys.some((key) => /^work\/[0-9a-f]{16}\//.test(key.slice(prefix.length + 1)));
  if (old.length > 0 && !isOurs)
    throw new LlmError({
      code: 'data/output-foreign',
      message: `${old[0]} ${old.length === 1 ? 'is' : `and ${old.length - 1} more are`} in the way: this run would write over ${old.length === 1 ? 'it' : 'them'}, and no run that is known here wrote ${old.length === 1 ? 'it' : 'them'}. Choose another output, or move ${old.length === 1 ? 'it' : 'them'} away.`,
      details: { key: old[0]!, files: old.length },
    });
  // Says whose the rest is while it goes.
  await writeJson(store, `${work}/claim.json`, { kind: 'data-work', version: 1 });
  for (const key of old.sort(
    (a, b) => Number(b.endsWith('/report.json')) - Number(a.endsWith('/report.json')),
  ))
    await store.delete(key);
  for (const key of keys)
    if (key.startsWith(`${prefix}/work/`) && !key.startsWith(`${work}/`)) await store.delete(key);
  await writeJson(store, `${work}/run.json`, { kind: 'data-work', version: 1 });
}

/** How a report of ours begins. */
const reportHead = '{\n  "kind": "data-report"';

/** What a loss of power leaves of a report: nothing, zeros, or its first bytes. */
async function isCutOff(store: ArtifactStore, key: string): Promise<boolean> {
  if (!(await store.has(key))) return false;
  const text = new TextDecoder().decode(await store.read(key)).replace(/\0+$/, '');
  return reportHead.startsWith(text.slice(0, reportHead.length));
}

export async function deleteWork(store: ArtifactStore, prefix: string): Promise<void> {
  for (const key of await store.list(`${prefix}/work/`)) await store.delete(key);
}
