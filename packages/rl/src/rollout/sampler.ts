/** What answers in a rollout. */
import type { LanguageModel } from '@llm/core';

/** A model here, or one behind an endpoint: `createRemoteSampler`. */
export interface Sampler extends Pick<LanguageModel, 'vocabularySize' | 'contextLength' | 'generate'> {
  /** What it would say about other answers. Default: it cannot be asked. */
  readonly logProbabilities?: LanguageModel['logProbabilities'] | undefined;
  /** False: nothing can be put into a generation that runs, so tools answer between rounds. Default true. */
  readonly forcesTokens?: boolean | undefined;
  /** Of a sampler that may fail, since it was made. */
  readonly statistics?: SamplerStatistics | undefined;
}

export interface SamplerStatistics {
  /** Answers that came. */
  readonly answers: number;
  /** Tries that were made again. */
  readonly retries: number;
  /** Answers that did not come, or with what cannot be learnt from. */
  readonly failures: number;
  readonly lastFailure: string | undefined;
}
