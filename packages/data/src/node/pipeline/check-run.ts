/** What a run can be refused for before it reads a page: options, inputs and steps that fit nothing. */
import { availableParallelism } from 'node:os';
import { checkChoice, checkNumber, checkNumbers, LlmError } from '@llm/core';
import { checkPii } from '../../filters/pii.js';
import { checkOptions, type OptionKinds } from '../../page/check-options.js';
import type { PageStep } from '../../page/page-step.js';
import { checkInputs } from '../inputs/check-inputs.js';
import type { DataPipelineOptions } from './data-pipeline-options.js';
import { phaseNames } from './phases.js';
import { checkRecord } from './record-options.js';

/** Those that a plan may have, too. */
export const planKinds = {
  ...({ pii: 'object|boolean', deduplication: 'object|boolean', decontamination: 'object' } as const),
  ...({ record: 'object', shardCharacters: 'any', workers: 'any', pageSeconds: 'any' } as const),
  ...({ workerMegabytes: 'any', pieceBytes: 'any', segmentItems: 'any', idleSteps: 'text' } as const),
  ...({ maxPageBytes: 'number', documentCharacters: 'number' } as const),
} as const;

const kinds: OptionKinds<DataPipelineOptions> = {
  ...planKinds,
  ...({ inputs: 'list!', store: 'object!', prefix: 'text!', steps: 'object|list' } as const),
  ...({ rank: 'any', world: 'any', phase: 'any', signal: 'object', onEvent: 'function' } as const),
};

export interface RunShare {
  readonly rank: number;
  readonly world: number;
  readonly workers: number;
}

/** Throws `data/option-invalid`, `core/option-invalid`, `data/phase-unknown`, `data/steps-not-movable`. */
export function checkRun(options: DataPipelineOptions): RunShare {
  checkOptions('runDataPipeline', options, kinds);
  checkInputs(options.inputs);
  const { rank = 0, world = 1 } = options;
  checkRecord(options.record);
  if (options.pii !== undefined && options.pii !== false) checkPii(options.pii);
  checkNumber('world', world, { minimum: 1, maximum: 1_000_000, integer: true });
  checkNumber('rank', rank, { minimum: 0, maximum: world - 1, integer: true });
  checkNumbers(options, {
    workers: { minimum: 0, maximum: 1024, integer: true },
    pageSeconds: { above: 0 },
    workerMegabytes: { minimum: 64, integer: true },
    pieceBytes: { minimum: 1024, integer: true },
    segmentItems: { minimum: 1, integer: true },
    shardCharacters: { minimum: 1, integer: true },
    maxPageBytes: { minimum: 1 },
    documentCharacters: { minimum: 1 },
  });
  checkChoice('idleSteps', options.idleSteps, ['error', 'warn']);
  if (options.phase !== undefined && !phaseNames.includes(options.phase))
    throw new LlmError({
      code: 'data/phase-unknown',
      message: `There is no phase "${String(options.phase)}". There are ${phaseNames.join(', ')}.`,
      details: { phase: String(options.phase) },
    });
  const areFunctions = Array.isArray(options.steps);
  const workers = options.workers ?? (areFunctions ? 0 : availableParallelism());
  if (areFunctions && workers > 0)
    throw new LlmError({
      code: 'data/steps-not-movable',
      message:
        'Steps that are functions cannot run in workers. Put them into a module and give `steps: { module: … }`, or `workers: 0`.',
    });
  return { rank, world, workers };
}

/**
 * Steps that no input would ever reach: documents that are kept as they are go past them. The steps that a
 * run has by default are for whatever comes; a list that somebody gave is meant. Throws
 * `data/step-saw-nothing`.
 */
export function checkSteps({ steps: given, inputs }: DataPipelineOptions, steps: readonly PageStep[]): void {
  const names = steps.filter(({ everyDocument }) => everyDocument !== true).map(({ name }) => name);
  if (given === undefined || names.length === 0 || inputs.length === 0) return;
  if (inputs.some(({ kind, quality = kind === 'warc' ? 'filter' : 'keep' }) => quality === 'filter')) return;
  throw new LlmError({
    code: 'data/step-saw-nothing',
    message: `${names.join(', ')}: no document would come to ${names.length === 1 ? 'this step' : 'these steps'}, because inputs of the kind ${[...new Set(inputs.map(({ kind }) => kind))].join(', ')} are kept as they are. Give them quality: 'filter', or leave the steps out (steps: []).`,
    details: { steps: names },
  });
}
