/**
 * Token shards as `TokenDocuments`. Documents are read where they lie, at the moment they are needed, with
 * positional reads through the page cache. Node has no mmap, and the packages that add one (mmap-io,
 * @riaskov/mmap-io, bufferfromfile) need a compiler, or a binary from outside the registry, when they are
 * installed; for a feed the difference is one system call and one copy per document, off the training thread.
 * In memory are 8 bytes per document.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError, type Tokenizer } from '@llm/core';
import type { TokenDocuments } from '../../feed/token-documents.js';
import { invalid, readEnds, readManifest, type TokenShardManifest } from './manifest.js';
import { tokenizerDigest } from './tokenizer-digest.js';

export interface TokenShards extends TokenDocuments {
  readonly manifest: TokenShardManifest;
  close(): void;
}

interface OpenShard {
  readonly path: string;
  readonly file: number;
  /** Number of its first document. */
  readonly first: number;
  readonly ends: Uint32Array;
}

/**
 * Reads every shard once, to hold it against its digest. Throws `model/token-shards-invalid` (a file that is
 * missing, cut, changed or contradicts the manifest; an id outside the vocabulary when it is read), or
 * `model/tokenizer-mismatch` when the ids are another tokenizer's.
 */
export async function openTokenShards(directory: string, tokenizer?: Tokenizer): Promise<TokenShards> {
  const manifest = await readManifest(directory);
  if (tokenizer !== undefined) checkTokenizer(directory, manifest, tokenizer);
  const { idBytes, vocabularySize } = manifest;
  const ends: Uint32Array[] = [];
  for (const shard of manifest.shards) ends.push(await readEnds(directory, shard));
  let documents = 0;
  const shards = manifest.shards.map(({ name }, index): OpenShard => {
    const path = join(directory, `${name}.ids`);
    const first = documents;
    documents += ends[index]!.length;
    return { path, file: openSync(path, 'r'), first, ends: ends[index]! };
  });
  const shardOf = (document: number): OpenShard => {
    let low = 0;
    let high = shards.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (shards[middle]!.first <= document) low = middle;
      else high = middle;
    }
    return shards[low]!;
  };
  let buffer = new Uint8Array(1 << 16);
  return {
    manifest,
    count: manifest.documents,
    tokens: manifest.tokens,
    identity: `token shards ${createHash('sha256')
      .update(manifest.shards.map(({ sha256 }) => sha256).join())
      .digest('hex')}`,
    length: (document) => {
      const { first, ends } = shardOf(document);
      return ends[document - first]! - (ends[document - first - 1] ?? 0);
    },
    read: (document, from, count, target, at) => {
      const { path, file, first, ends } = shardOf(document);
      const position = ((ends[document - first - 1] ?? 0) + from) * idBytes;
      const bytes = count * idBytes;
      if (buffer.length < bytes) buffer = new Uint8Array(bytes);
      let filled = 0;
      while (filled < bytes) {
        const read = readSync(file, buffer, filled, bytes - filled, position + filled);
        if (read === 0)
          throw invalid(path, `it ends at byte ${position + filled}, inside document ${document}`);
        filled += read;
      }
      const view = new DataView(buffer.buffer);
      for (let i = 0; i < count; i++) {
        const id = idBytes === 2 ? view.getUint16(i * 2, true) : view.getUint32(i * 4, true);
        if (id >= vocabularySize)
          throw invalid(path, `byte ${position + i * idBytes} holds the id ${id} of ${vocabularySize}`);
        target[at + i] = id;
      }
    },
    close: () => {
      for (const { file } of shards) closeSync(file);
      shards.length = 0;
    },
  };
}

export function checkTokenizer(directory: string, manifest: TokenShardManifest, tokenizer: Tokenizer): void {
  const digest = tokenizerDigest(tokenizer);
  if (manifest.tokenizerDigest === digest) return;
  throw new LlmError({
    code: 'model/tokenizer-mismatch',
    message: `The token shards in ${directory} were written with another tokenizer (${manifest.vocabularySize} ids, digest ${manifest.tokenizerDigest.slice(0, 12)}…) than the given one (${tokenizer.vocabularySize} ids, ${digest.slice(0, 12)}…). Use that one, or write the shards again.`,
    details: { directory, expected: manifest.tokenizerDigest, found: digest },
  });
}
