/**
 * Token shards: a directory of tokenized documents for training. `tokens.json`, written last, names the
 * shards; each is two files of plain little-endian numbers, `00000.ids` (uint16 or uint32, documents one
 * after another without BOS; what `numpy.memmap` and nanoGPT read) and `00000.ends` (uint32, where each
 * document ends, in tokens).
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LlmError } from '@llm/core';

export const manifestName = 'tokens.json';

export interface TokenShardManifest {
  readonly kind: 'llm-token-shards';
  readonly version: 1;
  readonly idBytes: 2 | 4;
  readonly vocabularySize: number;
  /** SHA-256 of the tokenizer, see `tokenizerDigest`. */
  readonly tokenizerDigest: string;
  readonly documents: number;
  readonly tokens: number;
  readonly shards: readonly TokenShard[];
}

export interface TokenShard {
  /** File names without their endings. */
  readonly name: string;
  readonly documents: number;
  readonly tokens: number;
  /** SHA-256 of the ids and ends, in that order. */
  readonly sha256: string;
}

/** Reads the manifest and holds it against the sizes of the files. Throws `model/token-shards-invalid`. */
export async function readManifest(directory: string): Promise<TokenShardManifest> {
  const path = join(directory, manifestName);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw invalid(path, 'it is missing: the shards were never finished, or are elsewhere', cause);
    throw invalid(path, 'it is not JSON', cause);
  }
  const manifest = (json ?? {}) as TokenShardManifest;
  const { kind, version } = manifest as { kind: unknown; version: unknown };
  if (kind !== 'llm-token-shards') throw invalid(path, `its kind is ${JSON.stringify(kind)}`);
  if (version !== 1) throw invalid(path, `its version is ${JSON.stringify(version)}, this package reads 1`);
  if (manifest.idBytes !== 2 && manifest.idBytes !== 4)
    throw invalid(path, `its idBytes is ${JSON.stringify(manifest.idBytes)}, neither 2 nor 4`);
  if (!isCount(manifest.vocabularySize) || manifest.vocabularySize > 256 ** manifest.idBytes)
    throw invalid(path, `its vocabularySize is ${JSON.stringify(manifest.vocabularySize)}`);
  if (typeof manifest.tokenizerDigest !== 'string') throw invalid(path, 'it has no tokenizerDigest');
  if (!Array.isArray(manifest.shards)) throw invalid(path, 'it has no list of shards');
  let documents = 0;
  let tokens = 0;
  for (const shard of manifest.shards as readonly TokenShard[]) {
    if (!/^\d{5}$/.test(shard?.name))
      throw invalid(path, `it names the shard ${JSON.stringify(shard?.name)}`);
    if (!isCount(shard.documents) || !isCount(shard.tokens) || shard.tokens > 2 ** 32 - 1)
      throw invalid(path, `shard ${shard.name} has ${shard.documents} documents of ${shard.tokens} tokens`);
    await checkSize(join(directory, `${shard.name}.ids`), shard.tokens * manifest.idBytes);
    await checkSize(join(directory, `${shard.name}.ends`), shard.documents * 4);
    documents += shard.documents;
    tokens += shard.tokens;
  }
  if (documents !== manifest.documents || tokens !== manifest.tokens)
    throw invalid(
      path,
      `its shards hold ${documents} documents of ${tokens} tokens, not the totals it gives`,
    );
  return manifest;
}

async function checkSize(path: string, expected: number): Promise<void> {
  const size = await stat(path).then(
    (entry) => entry.size,
    (cause: unknown) => {
      throw invalid(path, 'it is missing', cause);
    },
  );
  if (size !== expected) throw invalid(path, `it has ${size} bytes, the manifest says ${expected}`);
}

/** Reads a shard once from end to end, about a second for a gigabyte. Throws `model/token-shards-invalid`. */
async function checkContent(directory: string, shard: TokenShard, ends: Uint8Array): Promise<void> {
  const path = join(directory, `${shard.name}.ids`);
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes as Buffer);
  const found = hash.update(ends).digest('hex');
  if (found !== shard.sha256)
    throw invalid(
      path,
      `it, or the .ends beside it, was changed or damaged: their SHA-256 is ${found}, the manifest says ${JSON.stringify(shard.sha256)}`,
    );
}

/** The ends of a shard's documents, checked to rise up to its last token. The digest is checked as well. */
export async function readEnds(directory: string, shard: TokenShard): Promise<Uint32Array> {
  const path = join(directory, `${shard.name}.ends`);
  const bytes = new Uint8Array(shard.documents * 4);
  const file = await open(path);
  try {
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) throw invalid(path, `it ends at byte ${filled}`);
      filled += bytesRead;
    }
  } finally {
    await file.close();
  }
  const ends = new Uint32Array(bytes.buffer);
  let last = 0;
  for (const [document, end] of ends.entries()) {
    if (end < last) throw invalid(path, `document ${document} ends before it begins (byte ${document * 4})`);
    last = end;
  }
  if (last !== shard.tokens)
    throw invalid(path, `its last document ends at ${last} of ${shard.tokens} tokens`);
  await checkContent(directory, shard, bytes);
  return ends;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function invalid(path: string, what: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'model/token-shards-invalid',
    message: `The token shards cannot be used because of ${path}: ${what}. Write them again.`,
    details: { path },
    cause,
  });
}
