/** What a training needs, before it is begun, and which flag makes it fit where it does not. */
import { LlmError } from '@llm/core';
import { type TrainingMemory, type TrainingMemoryOptions, trainingMemory } from '@llm/model';
import { formatBytes, formatCount } from '../terminal/format.js';
import type { TunableModel } from './open-tunable.js';

export interface MemoryPlan extends TrainingMemory {
  readonly rows: number;
  readonly columns: number;
  /** The program itself, its libraries and the texts, as measured when the plan was made. */
  readonly programBytes: number;
  /** The most that is held at once. */
  readonly peakBytes: number;
}

/**
 * What the runtime takes above what the graph holds: blocks are rounded up and kept. Measured on SmolLM2 135M
 * (2 × 256 tokens, whole processes): the plan is 0.88 to 1.07 of the peak, see tooling/bench/RESULTS.md.
 */
const runtimeShare = 1.15;

/** What is there beside the training, before, after and meanwhile. */
export interface Surroundings extends Pick<TunableModel, 'programBytes' | 'readBytes'> {
  /** Steps and answers take turns, so that both are held; otherwise there are answers before and after. */
  readonly answersMeanwhile: boolean;
  /** Of models that are only asked. Default: none. */
  readonly besideBytes?: number | undefined;
  /** A second model from the same weights, trained in turn with the first. Default: none. */
  readonly critic?: Pick<TrainingMemoryOptions, 'rows' | 'columns' | 'objective'> | undefined;
}

export function planMemory(
  options: TrainingMemoryOptions,
  { programBytes, readBytes, answersMeanwhile, critic, besideBytes = 0 }: Surroundings,
): MemoryPlan {
  const memory = trainingMemory(options);
  const { weightBytes, optimizerBytes, stepBytes, generationBytes, trainedParameters } = memory;
  const step = runtimeShare * stepBytes;
  const working = answersMeanwhile ? step + generationBytes : Math.max(step, generationBytes);
  // A checkpoint is a copy of what was trained and of the optimizer, and the file of the larger of them; what
  // the step had is by then free, but not given back.
  const saving = 4 * trainedParameters + 2 * optimizerBytes;
  const training = weightBytes + optimizerBytes + working + saving;
  // What comes from the file and what is trained on are both there for a moment.
  const reading = readBytes + weightBytes;
  const beside = besideBytes + (critic === undefined ? 0 : criticBytes(options, critic));
  const peakBytes = Math.round(programBytes + beside + Math.max(training, reading));
  return { ...memory, rows: options.rows, columns: options.columns, programBytes, peakBytes };
}

/** It keeps what its step needed while the policy answers; its checkpoint is written before the policy's. */
function criticBytes(
  { config, rows, shared: _, answers: __, ...options }: TrainingMemoryOptions,
  critic: NonNullable<Surroundings['critic']>,
): number {
  const memory = trainingMemory({
    ...options,
    ...critic,
    rows: Math.min(rows, critic.rows),
    config: { ...config, scalarHead: true },
  });
  return memory.weightBytes + memory.optimizerBytes + runtimeShare * memory.stepBytes;
}

/** A change of the plan, and the flag that makes it. */
export interface Alternative {
  readonly flag: string;
  readonly options: TrainingMemoryOptions;
}

export interface Ways {
  readonly alternatives: readonly Alternative[];
  readonly surroundings: Surroundings;
}

/** Throws `pipeline/memory-short`, naming the alternatives that fit. */
export function checkMemory(plan: MemoryPlan, limit: number, ways: Ways): void {
  if (plan.peakBytes <= limit) return;
  throw new LlmError({
    code: 'pipeline/memory-short',
    message: `This training needs about ${formatBytes(plan.peakBytes)}, and ${formatBytes(limit)} are there. ${advice(limit, ways)} --force begins nonetheless.`,
    details: { needed: plan.peakBytes, limit },
  });
}

export function advice(limit: number, { alternatives, surroundings }: Ways): string {
  const needs = alternatives.map(({ flag, options }) => ({
    flag,
    bytes: planMemory(options, surroundings).peakBytes,
  }));
  const fitting = needs.filter(({ bytes }) => bytes <= limit);
  if (fitting.length > 0)
    return `It fits with ${fitting.map(({ flag, bytes }) => `${flag} (${formatBytes(bytes)})`).join(', or ')}.`;
  const least = [...needs].sort((a, b) => a.bytes - b.bytes)[0];
  return least === undefined
    ? 'Take a smaller model.'
    : `The least, with ${least.flag}, would be ${formatBytes(least.bytes)}: take a smaller model.`;
}

export function planLines(plan: MemoryPlan, limit: number): string[] {
  const share = ((100 * plan.trainedParameters) / plan.parameters).toPrecision(3);
  return [
    `parameters: ${formatCount(plan.parameters)}, trained: ${formatCount(plan.trainedParameters)} (${share} %)`,
    `weights: ${formatBytes(plan.weightBytes)}`,
    `optimizer state: ${formatBytes(plan.optimizerBytes)}`,
    `a step of ${plan.rows} × ${plan.columns} tokens (activations, gradients, new state): ${formatBytes(plan.stepBytes)}`,
    `answers: ${formatBytes(plan.generationBytes)}`,
    `peak, with the program itself: about ${formatBytes(plan.peakBytes)} of ${formatBytes(limit)}`,
  ];
}
