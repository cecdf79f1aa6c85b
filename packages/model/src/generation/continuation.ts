/** One row being continued: its tokens so far, how the next one is chosen, and when it ends. */
import {
  adjustScores,
  adjustsScores,
  type Completion,
  createRandom,
  LlmError,
  type Random,
  type TokenLogProbability,
} from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { RowRequest, RowScores } from './decoder/decoder.js';
import type { TransformerGenerateOptions } from './generate-options.js';
import { penalizeRepetition } from './repetition-penalty.js';
import { drawToken, largestIndices } from './sample-token.js';

/**
 * Divided by this, the greatest score alone has a chance above 0, and of equal ones the graph's number 0
 * draws the first. A power of two: none are rounded. Scores of 2^47 and more would overflow, and differences
 * below 1e-22 count as none.
 */
const greedyTemperature = 2 ** -80;

/** Rows with the same prompt share these and draw from them one by one. */
export const logitsRequest: RowRequest = { logits: true };

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
  /** Of ids that may be drawn, the greatest and one more: a vocabulary is often padded. */
  readonly #drawable: number;
  /** Plain sampling is done by the graph; the rest, and the first token of a row, starts from logits. */
  readonly #plain: boolean;
  /** Always the greatest score, whatever else the options say. */
  readonly #greedy: boolean;

  constructor(
    private readonly index: number,
    private readonly prompt: Int32Array,
    private readonly config: ModelConfig,
    private readonly options: TransformerGenerateOptions,
  ) {
    const { temperature = 1, topK = 0, topP = 1, minP = 0 } = options;
    const { vocabularySize } = config;
    this.#drawable = Math.min(vocabularySize, options.vocabularySize ?? vocabularySize);
    this.#random = createRandom(options.seed ?? 0, 'generate', index);
    if ((options.repetitionPenalty ?? 1) !== 1) this.#seen = new Set(prompt);
    // Below that temperature the graph's float32 would overflow.
    const whole = temperature > 1e-20 && topK <= 0 && topP >= 1 && minP <= 0;
    this.#greedy = temperature === 0;
    this.#plain = (whole || this.#greedy) && this.#seen === undefined && !adjustsScores(options);
    this.#endWhereFull();
  }

  /** Prompt and continuation. */
  get tokens(): Int32Array {
    const tokens = new Int32Array(this.length);
    tokens.set(this.prompt);
    tokens.set(this.#ids, this.prompt.length);
    return tokens;
  }

  /** Tokens of prompt and continuation. */
  get length(): number {
    return this.prompt.length + this.#ids.length;
  }

  /** The greatest number of tokens it may come to. */
  get longest(): number {
    return Math.min(this.config.contextLength, this.prompt.length + this.options.maxNewTokens);
  }

  /** What it needs to choose its next token; where the graph will draw it, with its random number. */
  request(): RowRequest {
    if (!this.#plain) return logitsRequest;
    const { temperature = 1, topLogProbabilities = 0 } = this.options;
    const drawable = this.#drawable;
    const draw = this.#greedy
      ? { temperature: greedyTemperature, drawable, uniform: 0 }
      : { temperature, drawable, uniform: this.#random.uniform() };
    return { logits: topLogProbabilities > 0, draw };
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
    else if (this.length >= this.config.contextLength) this.stopReason = 'context';
  }

  /** A score that is no number chooses no token: without this, id 0 would come for ever. */
  #check({ sampled, sampledLogProbability, logSum }: RowScores): void {
    const score = sampled === undefined ? logSum : sampledLogProbability;
    if (Number.isFinite(score)) return;
    const position = this.length;
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

  #choose({ logits, sampled }: RowScores): number {
    if (sampled !== undefined) return sampled;
    return drawToken(this.#adjusted(logits!.subarray(0, this.#drawable)), this.options, this.#random);
  }

  /** `logits` of ids that may be drawn, or a copy as the options change them. */
  #adjusted(logits: Float32Array): Float32Array {
    const { options } = this;
    const penalized =
      this.#seen === undefined ? logits : penalizeRepetition(logits, this.#seen, options.repetitionPenalty!);
    if (!adjustsScores(options)) return penalized;
    const adjusted = penalized === logits ? logits.slice() : penalized;
    adjustScores(adjusted, this.index, this.#ids, options);
    return adjusted;
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
