/** A published encoding from its vocabulary. */
import { LlmError } from '@llm/core';
import { BpeTokenizer } from '../bpe-tokenizer.js';
import { scannedPreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import { unpackEncoding } from './encoding-asset.js';
import { type EncodingName, namedEncodings } from './named-encodings.js';

export function encodingTokenizer(name: EncodingName, encodingAsset: string): BpeTokenizer {
  const { pattern, specialTokens } = namedEncodings[name];
  return new BpeTokenizer({
    preTokenizer: scannedPreTokenizer(pattern),
    ...unpackEncoding(encodingAsset),
    addedTokens: Object.entries(specialTokens).map(([content, id]) => ({ content, id })),
  });
}

/** Throws `tokenizer/encoding-unknown` for a name that is not one of `known`. */
export function checkEncodingName(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new LlmError({
    code: 'tokenizer/encoding-unknown',
    message: `There is no encoding "${name}" here; there are ${known.join(', ')}.`,
    details: { name },
  });
}

/**
 * `loadEncoding` of an entry that holds one vocabulary: the first name by default, the same tokenizer for
 * every call with the same name.
 */
export function encodingLoader<Name extends EncodingName>(
  encodingAsset: string,
  names: readonly [Name, ...Name[]],
): (name?: Name) => Promise<BpeTokenizer> {
  const loaded = new Map<Name, BpeTokenizer>();
  return async (name = names[0]) => {
    checkEncodingName(name, names);
    const tokenizer = loaded.get(name) ?? encodingTokenizer(name, encodingAsset);
    loaded.set(name, tokenizer);
    return tokenizer;
  };
}
