/** What is trained in the page, as the form asks for it, and its limits. */
import { LlmError } from '@llm/core';

export interface TrainingChoice {
  readonly vocabularySize: number;
  /** Layers; the width is 64 times as many. */
  readonly depth: number;
  readonly contextLength: number;
  /** Texts that a step learns from, each of `contextLength` tokens. */
  readonly rows: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly seed: number;
}

export const defaultChoice: TrainingChoice = {
  ...{ vocabularySize: 512, depth: 2, contextLength: 64, rows: 16 },
  ...{ steps: 400, learningRate: 0.01, seed: 1 },
};

export type ChoiceField = keyof TrainingChoice;

/** The smallest vocabulary has the bytes and the eleven tokens of the chat format. */
export const limits: Readonly<Record<ChoiceField, readonly [least: number, most: number]>> = {
  vocabularySize: [267, 16_384],
  depth: [1, 12],
  contextLength: [8, 1024],
  rows: [1, 256],
  steps: [1, 1_000_000],
  learningRate: [1e-6, 1],
  seed: [0, 4_294_967_295],
};

const titles: Readonly<Record<ChoiceField, string>> = {
  ...{ vocabularySize: 'The vocabulary', depth: 'The number of layers', contextLength: 'The context' },
  ...{ rows: 'The number of rows', steps: 'The number of steps' },
  ...{ learningRate: 'The learning rate', seed: 'The seed' },
};

/** Throws `studio/choice-invalid` naming the field. */
export function checkChoice(choice: TrainingChoice): void {
  for (const [field, [least, most]] of Object.entries(limits) as [ChoiceField, readonly [number, number]][]) {
    const value = choice[field];
    const isWhole = field === 'learningRate' || Number.isInteger(value);
    if (Number.isFinite(value) && value >= least && value <= most && isWhole) continue;
    throw new LlmError({
      code: 'studio/choice-invalid',
      message: `${titles[field]} is ${value}; here it is ${isWhole ? 'a number' : 'a whole number'} from ${least} to ${most}.`,
      details: { field, value: String(value) },
    });
  }
}
