/**
 * From a genuine `.tiktoken` file, taken from the pinned development dependency gpt-tokenizer and checked
 * against the hash that tiktoken publishes, to the compact form of `encoding-asset.ts`. Runs in the build and
 * in tests on sources; never published.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readTiktoken } from '../../formats/tiktoken-file.js';
import { recoverMerges } from '../../merging/recover-merges.js';
import { type TokenBytes, tokenOf } from '../../vocabulary/token-bytes.js';
import { digitOf } from '../encoding-asset.js';
import type { AssetName } from '../named-encodings.js';

/** `expected_hash` of tiktoken's `openai_public.py`. */
const hashes: Readonly<Record<AssetName, string>> = {
  r50k_base: '306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930',
  p50k_base: '94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069',
  cl100k_base: '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7',
  o200k_base: '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d',
};

export const assetNames = Object.keys(hashes) as AssetName[];

/** Text of the `.tiktoken` file. */
export function readGenuineFile(name: AssetName): string {
  const main = createRequire(import.meta.url).resolve('gpt-tokenizer');
  const folder = main.slice(0, main.lastIndexOf('gpt-tokenizer') + 'gpt-tokenizer'.length);
  const bytes = readFileSync(join(folder, 'data', `${name}.tiktoken`));
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (hash !== hashes[name]) {
    throw new Error(
      `${name}.tiktoken in ${dirname(main)} has SHA-256 ${hash}, and tiktoken publishes ${hashes[name]}.`,
    );
  }
  return bytes.toString();
}

export function packGenuineEncoding(name: AssetName): string {
  return packEncoding(readTiktoken(readGenuineFile(name), `${name}.tiktoken`));
}

export function packEncoding(tokens: TokenBytes): string {
  const size = tokens.offsets.length - 1;
  const { pairs, results, unreachable } = recoverMerges(tokens);
  if (size > 1 << 18 || unreachable.length > 0)
    throw new Error(`${size} ids, ${unreachable.length} of them unreachable, do not fit the compact form.`);
  const characters: number[] = [];
  const write = (value: number, digits: number): void => {
    for (let i = 0; i < digits; i++) characters.push(digitOf((value >> (i * 6)) & 63));
  };
  const isPair = new Uint8Array(size);
  for (const id of results) isPair[id] = 1;
  write(size, 4);
  write(size - results.length, 4);
  for (let id = 0; id < size; id++) {
    if (isPair[id] === 1) continue;
    const token = tokenOf(tokens, id);
    write(id, 4);
    write(token.length, 2);
    for (const byte of token) write(byte, 2);
  }
  for (const side of [0, 1])
    for (const shift of [0, 6, 12])
      for (let i = 0; i < results.length; i++) write(pairs[i * 2 + side]! >> shift, 1);
  return Buffer.from(characters).toString('latin1');
}
