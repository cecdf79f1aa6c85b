/** A tokenizer in a few words; why it cannot be used goes to `problems`. */
import { LlmError } from '@llm/core';
import type { BpeTokenizer } from '@llm/tokenizer';
import type { TokenizerSummary } from './inspection.js';

export function summarizeTokenizer(
  read: () => BpeTokenizer,
  problems: string[],
): TokenizerSummary | undefined {
  const tokenizer = attempt(read, problems);
  if (tokenizer === undefined) return undefined;
  return {
    kind: tokenizer.definition.characters === undefined ? 'byte-level BPE' : 'SentencePiece BPE',
    vocabularySize: tokenizer.vocabularySize,
    specialTokens: Object.fromEntries(tokenizer.specialTokens),
  };
}

/** What a reader gives, or undefined with what it threw among the problems. */
export function attempt<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!LlmError.isInstance(error)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

/** The same of a promise. */
export async function attemptLater<T>(reading: Promise<T>, problems: string[]): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!LlmError.isInstance(error)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
