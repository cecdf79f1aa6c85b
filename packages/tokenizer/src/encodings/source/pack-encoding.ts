/**
 * From a genuine `.tiktoken` file, taken from the pinned development dependency gpt-tokenizer and checked against the hash that
 * tiktoken publishes, to the compact form of `encoding-asset.ts`. Runs in the build and in tests on sources; never published.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type TokenBytes, tokenOf } from '../../encode/token-bytes.js';
import { recoverMerges } from '../../formats/recover-merges.js';
import { readTiktoken } from '../../formats/tiktoken-file.js';
import { highBitsOf } from '../encoding-asset.js';
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
  const { pairs, results } = recoverMerges(tokens);
  const isPair = new Uint8Array(size);
  for (const id of results) isPair[id] = 1;
  const literals = Array.from({ length: size }, (_, id) => id).filter((id) => isPair[id] === 0);
  const head = literals.flatMap((id) => {
    const token = tokenOf(tokens, id);
    return [...Uint8Array.of(id, id >> 8, id >> 16, id >> 24), token.length, ...token];
  });
  const count = results.length;
  const highBits = highBitsOf(size);
  const planes = new Uint8Array(count * 4 + Math.ceil((count * highBits * 2) / 8));
  for (let i = 0; i < count; i++) {
    const left = pairs[i * 2]!;
    const right = pairs[i * 2 + 1]!;
    planes[i] = left;
    planes[count + i] = left >> 8;
    planes[count * 2 + i] = right;
    planes[count * 3 + i] = right >> 8;
    const bit = i * highBits * 2;
    const high = (left >> 16) | ((right >> 16) << highBits);
    if (highBits > 0) planes[count * 4 + (bit >> 3)]! |= high << (bit & 7);
  }
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(size, 0);
  sizes.writeUInt32LE(literals.length, 4);
  const data = Buffer.concat([sizes, Uint8Array.from(head), planes]);
  const padded = Buffer.concat([data, Buffer.alloc((3 - (data.length % 3)) % 3)]);
  return padded.toString('base64');
}
