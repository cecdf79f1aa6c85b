/**
 * The kept text as token ids: shards that `@llm/model` trains from, or one indexed data set of Megatron-LM.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, LlmError, type Tokenizer } from '@llm/core';
import type { writeDataCard } from '@llm/data/node';
import { openTokenShards, writeMegatronTokens, writeTokenShards } from '@llm/model/node';
import { fromTokenizerJson } from '@llm/tokenizer';
import { describeSystemError } from '../system-error.js';

type Written = Parameters<typeof writeDataCard>[0]['written'];

/**
 * Reads a `tokenizer.json`, or the one in a folder or a run. Throws `pipeline/input-missing`,
 * `tokenizer/…`.
 */
export function readTokenizer(given: string): Tokenizer {
  const places = [join(given, 'tokenizer.json'), join(given, 'tokenizer', 'tokenizer.json')];
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const path = isFolder ? places.find((place) => existsSync(place)) : given;
  try {
    if (path === undefined) throw new Error('the folder holds no tokenizer.json');
    return fromTokenizerJson(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (LlmError.isInstance(cause)) throw cause;
    throw new LlmError({
      code: 'pipeline/input-missing',
      message: `Cannot read --tokenizer ${given}: ${describeSystemError(cause) ?? (cause as Error).message}`,
      details: { path: given },
      cause,
    });
  }
}

export interface TokenOutputOptions {
  readonly format: 'tokens' | 'megatron';
  readonly tokenizer: Tokenizer;
  readonly documents: AsyncIterable<Document>;
  readonly signal: AbortSignal;
}

/** What was written, as the card lists it. */
export async function writeTokens(
  folder: string,
  { format, tokenizer, documents, signal }: TokenOutputOptions,
): Promise<Written> {
  const counts = { documents: 0, characters: 0 };
  const languages: Record<string, number> = {};
  async function* texts(): AsyncGenerator<string> {
    for await (const { text, metadata } of documents) {
      counts.documents++;
      counts.characters += text.length;
      const language = typeof metadata.language === 'string' ? metadata.language : 'unknown';
      languages[language] = (languages[language] ?? 0) + 1;
      yield text;
    }
  }
  const isMegatron = format === 'megatron';
  const shardsFolder = isMegatron ? await mkdtemp(join(folder, '.shards-')) : folder;
  try {
    const manifest = await writeTokenShards(shardsFolder, { tokenizer, documents: texts(), signal });
    const names = isMegatron
      ? ['tokens.bin', 'tokens.idx']
      : [...manifest.shards.flatMap(({ name }) => [`${name}.ids`, `${name}.ends`]), 'tokens.json'];
    if (isMegatron) {
      const shards = await openTokenShards(shardsFolder, tokenizer);
      await writeMegatronTokens(join(folder, 'tokens'), shards, documentStart(tokenizer));
      shards.close();
    }
    const files: Written['files'][number][] = [];
    for (const name of names) {
      const path = join(folder, name);
      const shard = manifest.shards.find((one) => name.startsWith(`${one.name}.`));
      files.push({
        name,
        bytes: (await stat(path)).size,
        documents: shard?.documents ?? manifest.documents,
        sha256: await sha256Of(path),
      });
    }
    return { files, ...counts, languages, licences: {} };
  } finally {
    if (isMegatron) await rm(shardsFolder, { recursive: true, force: true });
  }
}

/** What Megatron's documents begin with, as our own rows do; null where the tokenizer has no such token. */
function documentStart({ specialTokens }: Tokenizer): number | null {
  for (const name of ['<|bos|>', '<|begin_of_text|>', '<s>', '<|endoftext|>']) {
    const id = specialTokens.get(name);
    if (id !== undefined) return id;
  }
  return null;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}
