/**
 * Whose an output folder is. Parts of an earlier set are replaced, and longer sets lose their rest: that may
 * only happen to what was written here, which `data-card.json` says, from before the first part on. On the
 * hub nothing is lost by writing (every commit stays), so nobody is asked there.
 */
import { type ArtifactStore, LlmError } from '@llm/core';
import { openStore } from '@llm/data/node';

const cardName = 'data-card.json';
/** What `llm data --output` writes, in any format. */
const written = /^(?:part-\d{5,}\.(?:parquet|(?:jsonl|txt)(?:\.gz|\.zst)?)|README\.md|data-card\.json)$/;
const isHub = (output: string): boolean => /^hf:/i.test(output);

/** Throws `pipeline/output-foreign` where files would be written over that are not ours. */
export async function checkOutputOurs(output: string): Promise<void> {
  if (isHub(output)) return;
  const store = openStore(output);
  if (await isOurs(store)) return;
  const lists = await Promise.all(['part-', 'README.md', cardName].map((prefix) => store.list(prefix)));
  const foreign = lists.flat().filter((key) => written.test(key));
  if (foreign.length === 0) return;
  const more = foreign.length === 1 ? '' : ` and ${foreign.length - 1} more`;
  throw new LlmError({
    code: 'pipeline/output-foreign',
    message: `--output ${output} holds ${foreign[0]}${more}, which llm data did not write and would write over. Name another folder, or move ${foreign.length === 1 ? 'it' : 'them'} away.`,
    details: { output, key: foreign[0]! },
  });
}

/** Says that the output is ours before the first part is in it. */
export async function claimOutput(output: string): Promise<void> {
  if (isHub(output)) return;
  const store = openStore(output);
  if (await isOurs(store)) return;
  const claim = { kind: 'data-card', version: 1, complete: false };
  await store.write(cardName, new TextEncoder().encode(`${JSON.stringify(claim)}\n`));
}

async function isOurs(store: ArtifactStore): Promise<boolean> {
  if (!(await store.has(cardName))) return false;
  try {
    const card: unknown = JSON.parse(new TextDecoder().decode(await store.read(cardName)));
    return (card as { kind?: unknown } | null)?.kind === 'data-card';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
