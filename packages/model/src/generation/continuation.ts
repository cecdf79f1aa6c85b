/** One row being continued: its tokens so far, how the next one is chosen, and when it ends. */
import { type Completion, createRandom, type Random, type TokenLogProbability } from '@llm/core';
import type { ScoreName } from './decoder/decoder.js';
import type { TransformerGenerateOptions } from './generate-options.js';
import { penalizeRepetition } from './repetition-penalty.js';
import { largestIndices, sampleToken } from './sample-token.js';

/** What was asked for of `NextTokenScores`, for one row. */
export interface RowScores {
  readonly logits?: Float32Array | undefined;
  readonly logSum?: number | undefined;
  readonly sampled?: number | undefined;
  readonly sampledLogProbability?: number | undefined;
}

/** Plain sampling is done by the graph; the rest, and the first token of a row, starts from logits. */
export function scoresNeeded(options: TransformerGenerateOptions): readonly ScoreName[] {
  const { temperature = 1, topK = 0, topP = 1, minP = 0, repetitionPenalty = 1 } = options;
  const plain = temperature > 0 && topK <= 0 && topP >= 1 && minP <= 0 && repetitionPenalty === 1;
  if (!plain) return firstScores;
  return ['sampled', 'sampledLogProbability', ...(options.topLogProbabilities ? firstScores : [])];
}

/** Rows with the same prompt share these and draw from them one by one. */
export const firstScores: readonly ScoreName[] = ['logits', 'logSum'];

export class Continuation {
  stopReason: Completion['stopReason'] | undefined;
  /** Tokens the model has not read yet. */
  pending: readonly number[] = [];
  readonly #ids: number[] = [];
  readonly #logProbabilities: number[] = [];
  readonly #forced: number[] = [];
  readonly #top: TokenLogProbability[][] = [];
  readonly #random: Random;
  /** Distinct ids of prompt and continuation; kept only when repetition is penalised. */
  readonly #seen: Set<number> | undefined;

  constructor(
    private readonly index: number,
    private readonly prompt: Int32Array,
    private readonly contextLength: number,
    private readonly options: TransformerGenerateOptions,
  ) {
    this.#random = createRandom(options.seed ?? 0, 'generate', index);
    if ((options.repetitionPenalty ?? 1) !== 1) this.#seen = new Set(prompt);
    this.#endWhereFull();
  }

  /** Chooses the next token, appends what is forced after it, and sees whether the row ends. */
  advance(scores: RowScores): void {
    const { options } = this;
    const id = this.#choose(scores);
    const pending = [id];
    this.#top.push(this.#mostLikely(scores));
    this.#append(id, logProbabilityOf(id, scores), 0);
    this.pending = pending;
    if (options.stopTokens?.includes(id)) {
      this.stopReason = 'stop';
      return;
    }
    const forced = Array.from(options.forceTokens?.(this.index, this.#ids) ?? []);
    for (const next of forced) {
      this.#endWhereFull();
      if (this.stopReason !== undefined) return;
      this.#top.push([]);
      this.#append(next, 0, 1);
      pending.push(next);
    }
    this.#endWhereFull();
  }

  completion(): Completion {
    return {
      ids: Int32Array.from(this.#ids),
      logProbabilities: Float32Array.from(this.#logProbabilities),
      topLogProbabilities: this.options.topLogProbabilities ? this.#top : undefined,
      forced: Uint8Array.from(this.#forced),
      stopReason: this.stopReason!,
    };
  }

  #endWhereFull(): void {
    if (this.#ids.length >= this.options.maxNewTokens) this.stopReason = 'length';
    else if (this.prompt.length + this.#ids.length >= this.contextLength) this.stopReason = 'context';
  }

  /** The random number of a token that the graph will draw. */
  uniform(): number {
    return this.#random.uniform();
  }

  #choose({ logits, sampled }: RowScores): number {
    if (sampled !== undefined) return sampled;
    const usable =
      this.#seen === undefined
        ? logits!
        : penalizeRepetition(logits!, this.#seen, this.options.repetitionPenalty!);
    return sampleToken(usable, this.options, this.#random);
  }

  #mostLikely({ logits, logSum }: RowScores): TokenLogProbability[] {
    const count = this.options.topLogProbabilities ?? 0;
    if (count <= 0) return [];
    return largestIndices(logits!, count).map((id) => ({ id, logProbability: logits![id]! - logSum! }));
  }

  #append(id: number, logProbability: number, forced: 0 | 1): void {
    this.#ids.push(id);
    this.#logProbabilities.push(logProbability);
    this.#forced.push(forced);
    this.#seen?.add(id);
    this.options.onToken?.(this.index, id);
  }
}

/** Under the model at temperature 1. */
function logProbabilityOf(id: number, { logits, logSum, sampledLogProbability }: RowScores): number {
  return sampledLogProbability ?? logits![id]! - logSum!;
}
