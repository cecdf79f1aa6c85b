/**
 * Training of a byte-level BPE vocabulary (Sennrich et al. 2016; Hugging Face `tokenizers` and rustbpe are
 * the reference): count pieces, then merge pairs. The same merges as Hugging Face's `BpeTrainer` with the
 * byte-level alphabet, ties included; with `byteOrder: 'byte'` the same as rustbpe. Ids: 256 bytes, merges in
 * order, special tokens last.
 */
import { emit, LlmError, throwIfAborted } from '@llm/core';
import { BpeTokenizer } from '../bpe-tokenizer.js';
import { recoverMerges } from '../merging/recover-merges.js';
import { TokenTable } from '../merging/token-table.js';
import type { PatternName } from '../pretokenize/patterns.js';
import { createPreTokenizer } from '../pretokenize/pre-tokenizer.js';
import { bytesInAlphabetOrder } from '../vocabulary/byte-alphabet.js';
import { paddedView, type TokenBytes, tokenBytesOf } from '../vocabulary/token-bytes.js';
import { type CountPiecesOptions, countPieces, nextTask } from './count-pieces.js';
import { MergeTrainer } from './merge-trainer.js';

export interface TrainTokenizerOptions extends CountPiecesOptions {
  /** Ids in all: 256 bytes + merges + special tokens. Fewer when the corpus has no more pairs to merge. */
  readonly vocabularySize: number;
  /**
   * Control tokens, in the order of their ids, of two bytes and more: no other token becomes what they are.
   * Default none.
   */
  readonly specialTokens?: readonly string[] | undefined;
  /** Where text is cut before merging. Default `cl100k`. */
  readonly pattern?: PatternName | RegExp | undefined;
  /** Occurrences that a pair needs to become a token. Default 1. */
  readonly minFrequency?: number | undefined;
  /** Longest token in bytes. Default: any. */
  readonly maxTokenLength?: number | undefined;
  /**
   * Ids of the 256 bytes, which also decide ties: GPT-2's alphabet (Hugging Face) or the byte itself
   * (rustbpe). Default `alphabet`.
   */
  readonly byteOrder?: 'alphabet' | 'byte' | undefined;
  /**
   * A vocabulary to extend: its tokens keep their ids, its merges come first, its pattern is taken. Its
   * special tokens are not.
   */
  readonly seedVocabulary?: BpeTokenizer | undefined;
  /** Told of every merge as it is learnt, in their order; those of the seed are not among them. */
  readonly onMerge?: ((merge: LearnedMerge) => void) | undefined;
}

export interface LearnedMerge {
  readonly id: number;
  readonly left: number;
  readonly right: number;
  readonly bytes: Uint8Array;
  /** Occurrences of the pair in the corpus when it was merged. */
  readonly count: number;
}

const stage = 'tokenizer';

/**
 * Throws `tokenizer/vocabulary-size-invalid` when `vocabularySize` has no room for bytes and special tokens,
 * and `tokenizer/special-token-invalid` for a special token that is empty, repeated, a single byte or a token
 * of the seed.
 */
export async function trainTokenizer(
  texts: AsyncIterable<string> | Iterable<string>,
  options: TrainTokenizerOptions,
): Promise<BpeTokenizer> {
  const specialTokens = options.specialTokens ?? [];
  const { onEvent, signal } = options;
  const seed = options.seedVocabulary?.definition;
  checkOptions(options.vocabularySize, specialTokens, seed?.tokens);
  const preTokenizer = seed?.preTokenizer ?? createPreTokenizer(options.pattern ?? 'cl100k');
  emit(onEvent, { type: 'stage-start', stage });
  const { counter, documents } = await countPieces(texts, preTokenizer, options);
  const baseBytes =
    options.byteOrder === 'byte' ? Uint8Array.from({ length: 256 }, (_, byte) => byte) : bytesInAlphabetOrder;
  const pieces = counter.pieces.size;
  const trainer = new MergeTrainer(counter, {
    baseBytes,
    maxTokenLength: options.maxTokenLength ?? Number.POSITIVE_INFINITY,
    minFrequency: Math.max(1, options.minFrequency ?? 1),
    forbidden: specialTokens,
    seed: seed && { tokens: seed.tokens, merges: seed.merges ?? recoverMerges(seed.tokens) },
  });
  const total = options.vocabularySize - specialTokens.length;
  let lastPause = Date.now();
  while (trainer.tokens.length < total) {
    const step = trainer.step();
    if (step === undefined) break;
    options.onMerge?.(lastMerge(trainer, step.count));
    if (Date.now() - lastPause < 50) continue;
    emit(onEvent, { type: 'progress', stage, done: trainer.tokens.length, total, unit: 'tokens' });
    await nextTask();
    throwIfAborted(signal);
    lastPause = Date.now();
  }
  if (trainer.tokens.length < total) {
    emit(onEvent, {
      type: 'warning',
      stage,
      code: 'tokenizer/vocabulary-not-filled',
      message: `The corpus has pairs for ${trainer.tokens.length} of ${total} ordinary tokens.`,
    });
  }
  const tokenizer = new BpeTokenizer({
    preTokenizer,
    tokens: tokenBytesOf(trainer.tokens),
    merges: { pairs: Int32Array.from(trainer.pairs), results: Int32Array.from(trainer.results) },
    addedTokens: specialTokens.map((content, index) => ({ content, id: trainer.tokens.length + index })),
  });
  const summary = { documents, bytes: counter.bytes, pieces };
  emit(onEvent, {
    type: 'stage-end',
    stage,
    summary: { ...summary, vocabularySize: tokenizer.vocabularySize },
  });
  return tokenizer;
}

function lastMerge({ pairs, results, tokens }: MergeTrainer, count: number): LearnedMerge {
  const id = results.at(-1)!;
  return { id, left: pairs.at(-2)!, right: pairs.at(-1)!, bytes: tokens[id]!, count };
}

function checkOptions(vocabularySize: number, specialTokens: readonly string[], seed?: TokenBytes): void {
  if (
    !Number.isInteger(vocabularySize) ||
    vocabularySize < 256 + specialTokens.length ||
    vocabularySize >= 1 << 21
  ) {
    throw new LlmError({
      code: 'tokenizer/vocabulary-size-invalid',
      message: `A vocabulary of ${vocabularySize} is not possible: 256 bytes and ${specialTokens.length} special tokens need ${256 + specialTokens.length}, and 2^21 is the limit.`,
      details: { vocabularySize, specialTokens: specialTokens.length },
    });
  }
  const seen = new Set<string>();
  const table = seed && new TokenTable(seed);
  for (const text of specialTokens) {
    const bytes = new TextEncoder().encode(text);
    let problem: string | undefined;
    if (bytes.length === 0) problem = 'A special token is empty.';
    else if (seen.has(text)) problem = `The special token "${text}" is listed twice.`;
    else if (bytes.length === 1)
      problem = `The special token "${text}" is a single byte, which is a token of its own; choose a longer text.`;
    else if (table !== undefined && table.find(paddedView(bytes), 0, bytes.length) >= 0)
      problem = `The special token "${text}" is an ordinary token of seedVocabulary; choose another text.`;
    if (problem !== undefined)
      throw new LlmError({ code: 'tokenizer/special-token-invalid', message: problem, details: { text } });
    seen.add(text);
  }
}
