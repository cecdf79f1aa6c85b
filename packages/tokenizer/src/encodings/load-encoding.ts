/** Loads a published encoding by name. Each vocabulary is a module of its own that is fetched when it is first asked for. */
import { LlmError } from '@llm/core';
import { BpeTokenizer } from '../bpe-tokenizer.js';
import { scannedPreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import { unpackEncoding } from './encoding-asset.js';
import { type AssetName, type EncodingName, namedEncodings } from './named-encodings.js';

const importers: Readonly<Record<AssetName, () => Promise<{ readonly encodingAsset: string }>>> = {
  r50k_base: () => import('#encodings/r50k_base'),
  p50k_base: () => import('#encodings/p50k_base'),
  cl100k_base: () => import('#encodings/cl100k_base'),
  o200k_base: () => import('#encodings/o200k_base'),
};

const loaded = new Map<EncodingName, Promise<BpeTokenizer>>();

/** The same tokenizer for every call with the same name. Throws `tokenizer/encoding-unknown`. */
export function loadEncoding(name: EncodingName): Promise<BpeTokenizer> {
  let tokenizer = loaded.get(name);
  if (tokenizer === undefined) {
    tokenizer = load(name);
    loaded.set(name, tokenizer);
    tokenizer.catch(() => loaded.delete(name));
  }
  return tokenizer;
}

async function load(name: EncodingName): Promise<BpeTokenizer> {
  if (!Object.hasOwn(namedEncodings, name)) {
    throw new LlmError({
      code: 'tokenizer/encoding-unknown',
      message: `There is no encoding "${name}"; there are ${Object.keys(namedEncodings).join(', ')}.`,
      details: { name },
    });
  }
  const { asset, pattern, specialTokens } = namedEncodings[name];
  const { encodingAsset } = await importers[asset]();
  return new BpeTokenizer({
    preTokenizer: scannedPreTokenizer(pattern),
    ...unpackEncoding(encodingAsset),
    addedTokens: Object.entries(specialTokens).map(([content, id]) => ({ content, id })),
  });
}
