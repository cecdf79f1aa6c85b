/** What every phase of a run works with, in the process that asked for the run and in its workers alike. */
import type { ArtifactStore } from '@llm/core';
import type { DeduplicationOptions, KeyMaker } from '../../deduplication/document-keys.js';
import type { PiiOptions } from '../../filters/pii.js';
import type { StepRunner } from '../../pipeline/step-runner.js';
import type { DecontaminationOptions } from '../decontamination/load-evaluations.js';
import type { InputLimits } from '../inputs/data-input.js';
import type { PageWatch } from './process-unit.js';
import type { RecordOptions } from './record-options.js';
import type { UnitSource } from './unit-files.js';

/** Plain data: it travels to workers. */
export interface RunPlan {
  readonly fingerprint: string;
  readonly prefix: string;
  /** `prefix/work/<start of the fingerprint>`: work of another run is not touched. */
  readonly work: string;
  readonly units: readonly UnitSource[];
  readonly limits: InputLimits;
  readonly deduplication: DeduplicationOptions | false;
  readonly decontamination: DecontaminationOptions | undefined;
  readonly pii: Omit<PiiOptions, 'key'> | false;
  readonly record: RecordOptions;
  readonly shardCharacters: number;
  readonly segmentItems: number;
}

export interface RunContext {
  readonly store: ArtifactStore;
  readonly plan: RunPlan;
  readonly runner: StepRunner;
  readonly keyMaker: KeyMaker | undefined;
  readonly watch?: PageWatch | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (task: number, bytes: number, pages: number) => void;
  readonly onWarning: (code: string, message: string) => void;
}
