/** One row being continued: its tokens so far, how the next one is chosen, and when it ends. */
import { type Completion, createRandom, LlmError, type Random, type TokenLogProbability } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { ScoreName } from './decoder/decoder.js';
import type { TransformerGenerateOptions } from './generate-options.js';
import { penalizeRepetition } from './repetition-penalty.js';
import { drawToken, largestIndices } from './sample-token.js';

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
  // Below that the graph's float32 would overflow.
  const plain = temperature > 1e-20 && topK <= 0 && topP >= 1 && minP <= 0 && repetitionPenalty === 1;
  if (!plain) return firstScores;
  return ['sampled', 'sampledLogProbability', ...(options.topLogProbabilities ? firstScores : [])];
}

/** How many ids may be drawn: a vocabulary is often padded beyond those of its tokenizer. */
export function drawableOf(
  { vocabularySize }: ModelConfig,
  options: Pick<TransformerGenerateOptions, 'vocabularySize'>,
): number {
  return Math.min(vocabularySize, options.vocabularySize ?? vocabularySize);
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
    private readonly config: ModelConfig,
    private readonly options: TransformerGenerateOptions,
  ) {
    this.#random = createRandom(options.seed ?? 0, 'generate', index);
    if ((options.repetitionPenalty ?? 1) !== 1) this.#seen = new Set(prompt);
    this.#endWhereFull();
  }

  /** Chooses the next token, appends what is forced after it, and sees whether the row ends. */
  advance(scores: RowScores): void {
    const { options } = this;
    this.#check(scores);
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
      this.#checkForced(next);
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
    else if (this.prompt.length + this.#ids.length >= this.config.contextLength) this.stopReason = 'context';
  }

  /** A score that is no number chooses no token: without this, id 0 would come for ever. */
  #check({ sampled, sampledLogProbability, logSum }: RowScores): void {
    const score = sampled === undefined ? logSum : sampledLogProbability;
    if (Number.isFinite(score)) return;
    const position = this.prompt.length + this.#ids.length;
    throw new LlmError({
      code: 'model/scores-not-finite',
      message: `Row ${this.index}, position ${position}: the model's scores are no numbers (${score}). Its weights hold NaN or infinity, or are so large that the scores overflow: load an older checkpoint.`,
      details: { row: this.index, position, score: String(score) },
    });
  }

  #checkForced(id: number): void {
    const { vocabularySize } = this.config;
    if (Number.isInteger(id) && id >= 0 && id < vocabularySize) return;
    throw new LlmError({
      code: 'model/token-out-of-range',
      message: `forceTokens gave the id ${id} for row ${this.index}; ids are 0 to ${vocabularySize - 1}. Use the tokenizer the model was trained with.`,
      details: { row: this.index, id: String(id) },
    });
  }

  /** Of ids that may be drawn, the greatest and one more. */
  get #drawable(): number {
    return drawableOf(this.config, this.options);
  }

  /** The random number of a token that the graph will draw. */
  uniform(): number {
    return this.#random.uniform();
  }

  #choose({ logits, sampled }: RowScores): number {
    if (sampled !== undefined) return sampled;
    const penalized =
      this.#seen === undefined
        ? logits!
        : penalizeRepetition(logits!, this.#seen, this.options.repetitionPenalty!);
    return drawToken(penalized.subarray(0, this.#drawable), this.options, this.#random);
  }

  #mostLikely({ logits, logSum }: RowScores): TokenLogProbability[] {
    const count = this.options.topLogProbabilities ?? 0;
    if (count <= 0) return [];
    return largestIndices(logits!.subarray(0, this.#drawable), count).map((id) => ({
      id,
      logProbability: logits![id]! - logSum!,
    }));
  }

  #append(id: number, logProbability: number, forced: 0 | 1): void {
    this.#ids.push(id);
    this.#logProbabilities.push(logProbability);
    this.#forced.push(forced);
    this.#seen?.add(id);
    this.options.onToken?.(this.index, id, { logProbability, top: this.#top.at(-1)! });
  }
}

/** Under the model at temperature 1. */
function logProbabilityOf(id: number, { logits, logSum, sampledLogProbability }: RowScores): number {
  return sampledLogProbability ?? logits![id]! - logSum!;
}
