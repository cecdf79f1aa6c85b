/** A model that scores and continues token sequences. Rows of one call are independent of each other. */
export interface LanguageModel {
  readonly specificationVersion: 'v1';
  readonly vocabularySize: number;
  /** Longest sequence (prompt + continuation) in tokens. */
  readonly contextLength: number;
  /** log p(target | inputs up to and including that position), natural logarithm, [rows × columns]. */
  logProbabilities(batch: ScoreBatch): Promise<Float32Array>;
  /**
   * Continues every prompt; results are in the order of the prompts. Calls may run side by side. Throws
   * `core/option-invalid` (see `checkGenerateOptions`), `model/prompt-empty`,
   * and `model/prompt-too-long` for a prompt longer than the window.
   */
  generate(prompts: readonly Int32Array[], options: GenerateOptions): Promise<Completion[]>;
}

export interface ScoreBatch {
  readonly rows: number;
  readonly columns: number;
  /** [rows × columns], row-major; pad with any valid id, padding only after the end of a row */
  readonly inputs: Int32Array;
  /** [rows × columns] */
  readonly targets: Int32Array;
  /** As of `TokenBatch`; what the model says about the beginning that all branches share is not read. */
  readonly branches?: Int32Array | undefined;
  /** Above 0: logits are divided by it. Default 1. */
  readonly temperature?: number | undefined;
}

/** What a frozen model is asked for: how likely it finds what another said. */
export type ScoringModel = Pick<LanguageModel, 'vocabularySize' | 'contextLength' | 'logProbabilities'>;

export interface GenerateOptions {
  readonly maxNewTokens: number;
  /**
   * 0 is greedy; otherwise logits are divided by it, and as it nears 0 sampling becomes greedy. Default 1.
   */
  readonly temperature?: number | undefined;
  /** Keep the k most likely tokens; 0 is all. Default: all. */
  readonly topK?: number | undefined;
  /** Keep the smallest set of tokens whose probability reaches p. Default 1 (all). */
  readonly topP?: number | undefined;
  /**
   * Only ids below this are drawn, or reported as most likely: the tokenizer's `vocabularySize` where the
   * model's is padded. Log-probabilities stay those of the whole softmax. Default: the model's.
   */
  readonly vocabularySize?: number | undefined;
  /** By id, added to its logit before sampling. Default: none. */
  readonly logitBias?: ReadonlyMap<number, number> | undefined;
  /**
   * −2 to 2: subtracted from a logit for every time that its id stands in the
   * continuation so far, forced or not, as in OpenAI's API. Default 0.
   */
  readonly frequencyPenalty?: number | undefined;
  /** −2 to 2: the same, once for an id that stands there at all. Default 0. */
  readonly presencePenalty?: number | undefined;
  /**
   * Called before each draw of a row with that row's ids so far: the ids that may come next, of which bit
   * `id & 31` of word `id >> 5` is set. `undefined`: all. `model/no-token-allowed` where it is none that can
   * be drawn. Log-probabilities stay those of the whole softmax.
   */
  readonly allowedTokens?:
    | ((row: number, generated: readonly number[]) => Uint32Array | undefined)
    | undefined;
  /** Row r draws from createRandom(seed, 'generate', r). Default 0. */
  readonly seed?: number | undefined;
  /** Also report this many of the most likely tokens at every sampled position. Default 0. */
  readonly topLogProbabilities?: number | undefined;
  /** A row ends after producing one of these; the token is part of the completion. */
  readonly stopTokens?: readonly number[] | undefined;
  /**
   * Called after each sampled token of a row with that row's ids so far.
   * Returned ids are appended as if the model had produced them (a tool's
   * answer) and marked in `forced`. Synchronous: rows are generated in step.
   */
  readonly forceTokens?:
    | ((row: number, generated: readonly number[]) => ArrayLike<number> | undefined)
    | undefined;
  /** Called with each new id of a row, sampled or forced, in order: streaming. */
  readonly onToken?: ((row: number, id: number, scores: TokenScores) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Completion {
  /** Generated ids, stop token included, prompt not. */
  readonly ids: Int32Array;
  /**
   * [ids.length] log-probability of each id under the model
   * at temperature 1 without truncation; 0 where forced
   */
  readonly logProbabilities: Float32Array;
  /**
   * [ids.length] when asked for: the most likely tokens at that position under the model at temperature 1,
   * falling, the lower id first among equals; none where forced.
   */
  readonly topLogProbabilities?: readonly (readonly TokenLogProbability[])[] | undefined;
  /** [ids.length] 1 where the id was forced rather than sampled */
  readonly forced: Uint8Array;
  /** `stop`: a stop token; `length`: maxNewTokens; `context`: the model's window is full. */
  readonly stopReason: 'stop' | 'length' | 'context';
}

/** Of one token, as `Completion` has them of all. */
export interface TokenScores {
  /** 0 where forced. */
  readonly logProbability: number;
  /** None unless `topLogProbabilities` was asked for. */
  readonly top: readonly TokenLogProbability[];
}

export interface TokenLogProbability {
  readonly id: number;
  /** natural logarithm */
  readonly logProbability: number;
}
