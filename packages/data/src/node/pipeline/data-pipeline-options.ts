/** What a run of the data stage is told. */
import type { ArtifactStore, RunOptions } from '@llm/core';
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import type { PiiOptions } from '../../filters/pii.js';
import type { PageStep } from '../../page/page-step.js';
import type { DecontaminationOptions } from '../decontamination/load-evaluations.js';
import type { DataInput, InputLimits } from '../inputs/data-input.js';
import type { StepsModule } from '../workers/steps-module.js';
import type { PhaseName } from './phases.js';
import type { RecordOptions } from './record-options.js';

export interface DataPipelineOptions extends InputLimits, RunOptions {
  readonly inputs: readonly DataInput[];
  readonly store: ArtifactStore;
  /** Where it writes: `prefix/shard-00000.jsonl.gz`, `prefix/dropped.jsonl.gz`, `prefix/report.json`. */
  readonly prefix: string;
  /**
   * What happens to each page: steps, which run in this thread, or the module that makes them, which runs in
   * worker threads. Default: `fineWebSteps` for English with fastText's lid.176, in worker threads.
   */
  readonly steps?: readonly PageStep[] | StepsModule | undefined;
  readonly deduplication?: DeduplicationOptions | false | undefined;
  /** Documents that share n-grams with evaluations. Default: not looked for. */
  readonly decontamination?: DecontaminationOptions | undefined;
  readonly pii?: Omit<PiiOptions, 'key'> | false | undefined;
  /** What is written down of pages beside their fate, for those who look into a run. Default: nothing. */
  readonly record?: RecordOptions | undefined;
  /** UTF-16 units of JSON after which a shard is closed. Default 32 Mi. */
  readonly shardCharacters?: number | undefined;
  /**
   * Threads. Default: the processors (1 for inputs below 2 MiB), or 0 (this thread) for steps that are
   * functions.
   */
  readonly workers?: number | undefined;
  /** Seconds that a page may take before its worker is ended and the page dropped. Default 30. */
  readonly pageSeconds?: number | undefined;
  /** MiB that the heap of a worker may have. Default 1024. */
  readonly workerMegabytes?: number | undefined;
  /** Compressed crawl files above twice this size are cut. Default: a 64th of all, 4 MiB to 1 GiB. */
  readonly pieceBytes?: number | undefined;
  /** Items of an input between two checkpoints. Default 1000. */
  readonly segmentItems?: number | undefined;
  /**
   * Steps that no page came to: `error` throws `data/step-saw-nothing` once the output is written, `warn`
   * only says so. Default `error`, but for the steps of FineWeb that have their own pages to look at.
   */
  readonly idleSteps?: 'error' | 'warn' | undefined;
  /** Which share of each phase is done here: tasks `rank`, `rank + world`, …. Default 0 of 1. */
  readonly rank?: number | undefined;
  readonly world?: number | undefined;
  /** Only this phase; those before must be done. Default: all, waiting for the other ranks between them. */
  readonly phase?: PhaseName | undefined;
}
