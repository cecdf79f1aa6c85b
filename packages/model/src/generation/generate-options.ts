/** How a transformer goes on: the options of every language model, and two that need its scores. */
import type { GenerateOptions } from '@llm/core';
import type { SamplingOptions } from './sample-token.js';

export interface TransformerGenerateOptions extends GenerateOptions, Pick<SamplingOptions, 'minP'> {
  /**
   * Above 1: tokens of the prompt and of the text so far
   * become less likely (CTRL, on logits); above 0. Default 1.
   */
  readonly repetitionPenalty?: number | undefined;
}
