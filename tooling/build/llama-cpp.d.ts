/** The parts of node-llama-cpp that tests and benches call. */
export interface LlamaCppModel {
  tokenize(text: string, specialTokens?: boolean): number[];
  detokenize(tokens: readonly number[], specialTokens?: boolean): string;
  createContext(options: {
    contextSize: number;
    threads: number;
    sequences?: number | undefined;
    batchSize?: number | undefined;
    flashAttention?: boolean | undefined;
    /** Default `F16`. */
    experimentalKvCacheKeyType?: 'F16' | 'F32' | undefined;
    experimentalKvCacheValueType?: 'F16' | 'F32' | undefined;
  }): Promise<LlamaCppContext>;
  dispose(): Promise<void>;
}

export interface LlamaCppContext {
  getSequence(): LlamaCppSequence;
  dispose(): Promise<void>;
}

export interface LlamaCppSequence {
  /** Temperature 0 is greedy. Every sampled token is evaluated before the next. */
  evaluate(
    tokens: readonly number[],
    options: { temperature: number; seed?: number | undefined; yieldEogToken: boolean },
  ): AsyncGenerator<number, void, void>;
  /** For each item that asks: the probabilities of the token after it, most likely first. */
  controlledEvaluate(
    items: readonly (readonly [number, { readonly generateNext: { readonly probabilities: true } }])[],
  ): Promise<readonly { readonly next: { readonly probabilities: ReadonlyMap<number, number> } }[]>;
  dispose(): void;
}

/** The command that installs it. */
export const installLlamaCpp: string;
/** Version of node-llama-cpp, or undefined where it is not installed. */
export function llamaCppVersion(): string | undefined;
/** Why a test must be skipped (also on standard error), or undefined. With CI set its absence is an error. */
export function llamaCppMissing(): string | undefined;
/** Opens a GGUF file on the processor. */
export function loadInLlamaCpp(modelPath: string): Promise<LlamaCppModel>;
