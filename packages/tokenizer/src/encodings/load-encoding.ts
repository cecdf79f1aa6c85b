/**
 * Loads a published encoding by name. Each vocabulary is a module of its own that is fetched when it is first
 * asked for.
 */
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { checkEncodingName, encodingTokenizer } from './encoding-tokenizer.js';
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
  checkEncodingName(name, Object.keys(namedEncodings));
  const { encodingAsset } = await importers[namedEncodings[name].asset]();
  return encodingTokenizer(name, encodingAsset);
}
