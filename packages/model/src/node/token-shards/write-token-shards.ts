/**
 * Documents → token shards, one document at a time. Every file gets its name when it is whole and flushed,
 * and the manifest comes last, so that a crash leaves no shards rather than wrong ones.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { emit, LlmError, type RunOptions, type Tokenizer, throwIfAborted } from '@llm/core';
import { syncDirectory, writeFileAtomic } from '@llm/core/node';
import { manifestName, type TokenShard, type TokenShardManifest } from './manifest.js';
import { tokenizerDigest } from './tokenizer-digest.js';

export interface WriteTokenShardsOptions extends RunOptions {
  readonly tokenizer: Tokenizer;
  /** Texts, or ids without BOS. Empty ones are passed over. */
  readonly documents: Iterable<string | Int32Array> | AsyncIterable<string | Int32Array>;
  /** A shard ends with the document that reaches this many tokens. Default 2^27: 256 MiB of uint16. */
  readonly shardTokens?: number | undefined;
  /** Stage name in events. Default `token-shards`. */
  readonly stage?: string | undefined;
}

/**
 * Replaces what shards `directory` holds. Ids are uint16 where the vocabulary allows it. In memory are one
 * document, a buffer and 4 bytes for each document of the current shard. Throws `model/token-out-of-range` or
 * `core/write-failed`.
 */
export async function writeTokenShards(
  directory: string,
  options: WriteTokenShardsOptions,
): Promise<TokenShardManifest> {
  const { tokenizer, documents, shardTokens = 2 ** 27, signal, onEvent, stage = 'token-shards' } = options;
  const { vocabularySize } = tokenizer;
  const idBytes = vocabularySize <= 65_536 ? 2 : 4;
  await mkdir(directory, { recursive: true });
  // From here on there are no shards until the new ones are whole.
  await rm(join(directory, manifestName), { force: true });
  emit(onEvent, { type: 'stage-start', stage });
  const shards: TokenShard[] = [];
  let shard: ShardWriter | undefined;
  try {
    for await (const document of documents) {
      throwIfAborted(signal);
      const ids = typeof document === 'string' ? tokenizer.encode(document) : document;
      if (ids.length === 0) continue;
      shard ??= await ShardWriter.open(directory, String(shards.length).padStart(5, '0'), idBytes);
      await shard.append(ids, vocabularySize);
      if (shard.tokens < shardTokens) continue;
      shards.push(await shard.finish());
      shard = undefined;
      emit(onEvent, { type: 'progress', stage, done: total(shards, 'tokens'), unit: 'tokens' });
    }
    if (shard !== undefined) shards.push(await shard.finish());
  } catch (error) {
    await shard?.abandon();
    throw error;
  }
  await deleteOthers(directory, shards);
  const manifest: TokenShardManifest = {
    kind: 'llm-token-shards',
    version: 1,
    idBytes,
    vocabularySize,
    tokenizerDigest: tokenizerDigest(tokenizer),
    documents: total(shards, 'documents'),
    tokens: total(shards, 'tokens'),
    shards,
  };
  await writeFileAtomic(join(directory, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  emit(onEvent, { type: 'artifact', stage, key: manifestName, kind: manifest.kind });
  const { documents: written, tokens } = manifest;
  emit(onEvent, { type: 'stage-end', stage, summary: { documents: written, tokens, shards: shards.length } });
  return manifest;
}

const total = (shards: readonly TokenShard[], field: 'documents' | 'tokens'): number =>
  shards.reduce((sum, shard) => sum + shard[field], 0);

/** Shards of a longer set that was here before, and what a killed writer left. */
async function deleteOthers(directory: string, shards: readonly TokenShard[]): Promise<void> {
  const kept = new Set(shards.flatMap(({ name }) => [`${name}.ids`, `${name}.ends`]));
  for (const name of await readdir(directory))
    if (/^\d{5}\.(ids|ends)(\..*tmp)?$/.test(name) && !kept.has(name)) await rm(join(directory, name));
}

const bufferBytes = 1 << 20;

class ShardWriter {
  tokens = 0;
  readonly #ends: number[] = [];
  readonly #buffer = new Uint8Array(bufferBytes);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #hash: Hash = createHash('sha256');
  #filled = 0;

  private constructor(
    readonly directory: string,
    readonly name: string,
    readonly idBytes: 2 | 4,
    readonly file: FileHandle,
    readonly temporary: string,
  ) {}

  static async open(directory: string, name: string, idBytes: 2 | 4): Promise<ShardWriter> {
    const temporary = join(directory, `${name}.ids.${process.pid}.tmp`);
    return new ShardWriter(directory, name, idBytes, await open(temporary, 'w'), temporary);
  }

  async append(ids: Int32Array, vocabularySize: number): Promise<void> {
    if (this.tokens + ids.length > 2 ** 32 - 1)
      throw new LlmError({
        code: 'model/document-too-long',
        message: `A document has ${ids.length} tokens; a shard holds at most 4,294,967,295. Split it.`,
        details: { tokens: ids.length },
      });
    for (const id of ids) {
      if (id < 0 || id >= vocabularySize)
        throw new LlmError({
          code: 'model/token-out-of-range',
          message: `Document ${this.#ends.length} of shard ${this.name} holds the id ${id}; ids are 0 to ${vocabularySize - 1}. Use the tokenizer that made them.`,
          details: { id, shard: this.name, document: this.#ends.length },
        });
      if (this.idBytes === 2) this.#view.setUint16(this.#filled, id, true);
      else this.#view.setUint32(this.#filled, id, true);
      this.#filled += this.idBytes;
      if (this.#filled === bufferBytes) await this.#flush();
    }
    this.tokens += ids.length;
    this.#ends.push(this.tokens);
  }

  async finish(): Promise<TokenShard> {
    await this.#flush();
    await this.file.sync();
    await this.file.close();
    await rename(this.temporary, join(this.directory, `${this.name}.ids`));
    await syncDirectory(this.directory);
    const ends = new Uint8Array(Uint32Array.from(this.#ends).buffer);
    await writeFileAtomic(join(this.directory, `${this.name}.ends`), ends);
    const sha256 = this.#hash.update(ends).digest('hex');
    return { name: this.name, documents: this.#ends.length, tokens: this.tokens, sha256 };
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(this.temporary, { force: true });
  }

  async #flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#hash.update(bytes);
    for (let written = 0; written < bytes.length; )
      written += (await this.file.write(bytes, written, bytes.length - written)).bytesWritten;
    this.#filled = 0;
  }
}
