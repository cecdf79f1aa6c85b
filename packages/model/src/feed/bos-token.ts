/** Which token begins a document, and which end one: tokenizers call them differently, and some have none. */
import { checkNumber, type Tokenizer } from '@llm/core';

/**
 * What begins a document in nanochat and here, Llama 1 and 2, Llama 3, Gemma, DeepSeek, GPT-2 and Qwen, BERT.
 */
const beginnings = [
  '<|bos|>',
  '<s>',
  '<|begin_of_text|>',
  '<bos>',
  '<|startoftext|>',
  '<\uff5cbegin\u2581of\u2581sentence\uff5c>',
  '[BOS]',
  '<|endoftext|>',
];

const ends = [
  '<|endoftext|>',
  '</s>',
  '<|end_of_text|>',
  '<eos>',
  '<\uff5cend\u2581of\u2581sentence\uff5c>',
  '[EOS]',
];

export interface DocumentStart {
  /**
   * Id that begins every document; null for none: the first token of a document is then not predicted.
   * Default: the first that the tokenizer has of `<|bos|>`, `<s>`, `<|begin_of_text|>`, `<bos>`,
   * `<|startoftext|>`, `<｜begin▁of▁sentence｜>`, `[BOS]` and `<|endoftext|>`, else none.
   */
  readonly bosToken?: number | null | undefined;
}

/** The id that begins a document, null for none. Throws `core/option-invalid`. */
export function bosTokenOf(tokenizer: Tokenizer, { bosToken }: DocumentStart): number | null {
  if (bosToken === undefined) return idsOf(tokenizer, beginnings)[0] ?? null;
  if (bosToken !== null)
    checkNumber('bosToken', bosToken, { minimum: 0, maximum: tokenizer.vocabularySize - 1, integer: true });
  return bosToken;
}

/** The ids after which a document is over: what begins the next one among them. */
export function documentEnds(tokenizer: Tokenizer, bosToken: number | null): number[] {
  return [...new Set([...(bosToken === null ? [] : [bosToken]), ...idsOf(tokenizer, ends)])];
}

/** The ids of a document, led by what begins one, if anything does. */
export function withBos(bosToken: number | null, ids: Int32Array): Int32Array {
  if (bosToken === null) return ids;
  const led = new Int32Array(ids.length + 1);
  led[0] = bosToken;
  led.set(ids, 1);
  return led;
}

function idsOf({ specialTokens }: Tokenizer, texts: readonly string[]): number[] {
  return texts.flatMap((text) => specialTokens.get(text) ?? []);
}
