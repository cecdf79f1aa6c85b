/**
 * `state.json` of a torchrun folder: all that a training run is beside its weights, its optimizer's moments
 * and its tokens. The scripts in assets/torchrun read it and write it again; every number stands there as it
 * is used, so that no default is written down twice.
 */
import { readFile } from 'node:fs/promises';
import { LlmError } from '@llm/core';
import type { LearningRateSchedule } from '@llm/core/training';
import type { FeedPosition } from '../../feed/batch-feed.js';
import type { ParameterGroup } from './parameter-groups.js';

export interface TorchrunState {
  readonly kind: 'llm-torchrun-state';
  readonly version: 1;
  readonly stepsTaken: number;
  /** Of the whole training. */
  readonly steps: number;
  readonly schedule: Required<LearningRateSchedule>;
  readonly optimizer: {
    readonly name: 'adamw' | 'muon';
    /** Those of `adamW` or `muon`, whole; no limit of the gradient's norm is null. */
    readonly options: Readonly<Record<string, unknown>>;
    readonly maximumGradientNorm: number | null;
    readonly groups: readonly ParameterGroup[];
  };
  readonly feed: TorchrunFeed;
  readonly position: FeedPosition;
  /** Rows of one process that pass through the model at once; more are accumulated. */
  readonly rowsAtOnce: number | null;
  readonly saveEvery: number;
}

/** Options of the feed as `openShardFeed` takes them. */
export interface TorchrunFeed {
  readonly rows: number;
  readonly columns: number;
  readonly seed: number | string;
  /** The seed as the order of documents is made from it: JavaScript and Python write 1e21 differently. */
  readonly seedText: string;
  readonly bosToken: number | null;
  readonly lookahead: number;
  readonly remainder: 'continue' | 'discard';
  readonly separateDocuments: boolean;
}

/** Throws `model/torchrun-invalid`. */
export async function readState(path: string): Promise<TorchrunState> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw invalid(path, isMissing ? 'it is missing: this is no torchrun folder' : 'it is not JSON', cause);
  }
  const state = (value ?? {}) as TorchrunState;
  const { kind, version } = state as { kind: unknown; version: unknown };
  if (kind !== 'llm-torchrun-state') throw invalid(path, `its kind is ${quote(kind)}`);
  if (version !== 1) throw invalid(path, `its version is ${quote(version)}, this package reads 1`);
  for (const name of ['stepsTaken', 'steps', 'saveEvery'] as const)
    if (!isCount(state[name])) throw invalid(path, `its ${name} is ${quote(state[name])}`);
  for (const name of ['schedule', 'optimizer', 'feed', 'position'] as const)
    if (typeof state[name] !== 'object' || state[name] === null)
      throw invalid(path, `its ${name} is ${quote(state[name])}`);
  const { name, options } = state.optimizer;
  if (name !== 'adamw' && name !== 'muon') throw invalid(path, `its optimizer is ${quote(name)}`);
  if (typeof options !== 'object' || options === null)
    throw invalid(path, `its optimizer's options are ${quote(options)}`);
  if (state.position.kind !== 'llm-feed-position' || !isCount(state.position.batches))
    throw invalid(path, 'its position is not one of a feed');
  return state;
}

const quote = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 100);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

export function invalid(path: string, what: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'model/torchrun-invalid',
    message: `${path} cannot be used: ${what}. Export the run again, or import an older checkpoint.`,
    details: { path },
    cause,
  });
}
