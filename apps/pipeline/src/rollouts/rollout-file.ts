/**
 * `<stage>/rollouts/step-N.jsonl.gz`: what a step of practice learnt from. The first line says what the
 * tokens stand for, then come its prompts, then its samples, a line each. A step is one file, written whole
 * and in place of what an interrupted session left of the same step: nothing is there twice.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type ArtifactStore, LlmError } from '@llm/core';
import type { KeptStep, RolloutPrompt, RolloutSample } from '@llm/studio/wire';

const kind = 'llm/rollouts';
const version = 1;
/** Far above what is written; a file that grows beyond it is not ours. */
const most = 2 ** 28;

type Head = Omit<KeptStep, 'prompts' | 'samples'> & {
  readonly kind: string;
  readonly version: number;
  readonly prompts: number;
};

export const rolloutFolder = (stage: string): string => `${stage}/rollouts`;
export const rolloutKey = (stage: string, step: number): string =>
  `${rolloutFolder(stage)}/step-${String(step).padStart(8, '0')}.jsonl.gz`;

/** Undefined for another file of the folder. */
export function stepOfKey(key: string): number | undefined {
  const [, digits] = /\/step-(\d{8,})\.jsonl\.gz$/.exec(key) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

export async function writeRollouts(store: ArtifactStore, kept: KeptStep): Promise<void> {
  const { prompts, samples, ...about } = kept;
  const head = { kind, version, ...about, prompts: prompts.length } satisfies Head;
  const text = [head, ...prompts, ...samples].map((row) => `${JSON.stringify(row)}\n`).join('');
  await store.write(rolloutKey(kept.stage, kept.step), await promisify(gzip)(text));
}

/** Throws `pipeline/rollouts-missing`, and `pipeline/rollouts-damaged` for what was not written here. */
export async function readRollouts(store: ArtifactStore, stage: string, step: number): Promise<KeptStep> {
  const key = rolloutKey(stage, step);
  if (!(await store.has(key)))
    throw new LlmError({
      code: 'pipeline/rollouts-missing',
      message: `The run keeps no rollouts of step ${step} of ${stage}.`,
      details: { key },
    });
  try {
    const text = await promisify(gunzip)(await store.read(key), { maxOutputLength: most });
    const [head, ...rows] = text
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const { kind: found, version: written, prompts, ...about } = head as Head;
    if (found !== kind || written !== version) throw new Error(`it is ${found} of version ${written}`);
    return {
      ...about,
      prompts: rows.slice(0, prompts) as RolloutPrompt[],
      samples: rows.slice(prompts) as RolloutSample[],
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LlmError({
      code: 'pipeline/rollouts-damaged',
      message: `${key} is damaged or was written by another version (${reason}). Put it back from a copy, or delete the folder "${stage}" of the run to practise again.`,
      details: { key },
      cause,
    });
  }
}
