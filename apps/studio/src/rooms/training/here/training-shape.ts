/** What a choice amounts to: the model, its schedule, the work of a step. */
import type { LearningRateSchedule } from '@llm/core/training';
import { createModelConfig, type ModelConfig } from '@llm/model';
import type { TrainingChoice } from './training-choice.js';

export function configOf(choice: TrainingChoice, vocabularySize = choice.vocabularySize): ModelConfig {
  const { depth, contextLength } = choice;
  return createModelConfig({ depth, contextLength, vocabularySize });
}

export function scheduleOf({ steps, learningRate }: TrainingChoice): LearningRateSchedule {
  return { shape: 'trapezoid', peak: learningRate, warmUpSteps: Math.ceil(steps / 50) };
}

/** Operations of one step: six for each weight of a product and token, twelve for each pair in attention. */
export function stepOperations(config: ModelConfig, rows: number, columns: number): number {
  const { depth, width, heads, headWidth, feedForwardWidth, vocabularySize } = config;
  const layer = 4 * width * heads * headWidth + 3 * width * feedForwardWidth;
  const perToken = 6 * (depth * layer + width * vocabularySize) + 12 * depth * heads * headWidth * columns;
  return perToken * rows * columns;
}
