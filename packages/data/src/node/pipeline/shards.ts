/** JSON lines in gzip blobs of an `ArtifactStore`: how documents are kept, and how they are read back. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ArtifactStore, type Document, LlmError } from '@llm/core';

/** Gzip with the same bytes on every system: no time, no file name, operating system "unknown". */
export function compress(text: string): Uint8Array {
  const bytes = gzipSync(text, { level: 6 });
  bytes[9] = 255;
  return bytes;
}

function decompress(bytes: Uint8Array, key: string): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: longestText }).toString('utf8');
  } catch (cause) {
    throw damaged(key, `is no whole gzip file of at most ${longestText} bytes`, cause);
  }
}

/** What a string can hold in every runtime. */
const longestText = 2 ** 29 - 24;

function damaged(key: string, what: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'data/shard-damaged',
    message: `The artifact "${key}" ${what}. Delete the data stage's output and run it again.`,
    details: { key },
    cause,
  });
}

/** Key of a shard: `prefix/shard-00000.jsonl.gz`. */
export function shardKey(prefix: string, index: number): string {
  return `${prefix}/shard-${String(index).padStart(5, '0')}.jsonl.gz`;
}

/** Collects lines and hands them out as a gzip blob. */
export class LineBlob {
  #lines: string[] = [];
  /** UTF-16 units that are together. */
  length = 0;

  constructor(
    /** UTF-16 units after which it is full. */
    readonly limit: number,
  ) {}

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  get isFull(): boolean {
    return this.length >= this.limit;
  }

  /** Returns the UTF-16 units of the line, its end included. */
  add(value: unknown): number {
    const line = JSON.stringify(value);
    this.#lines.push(line);
    this.length += line.length + 1;
    return line.length + 1;
  }

  take(): Uint8Array {
    const bytes = compress(this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`);
    this.#lines = [];
    this.length = 0;
    return bytes;
  }
}

/** Throws `data/shard-damaged` for what is no gzip file of JSON lines. */
export async function* readLineBlob<Row>(store: ArtifactStore, key: string): AsyncGenerator<Row> {
  const text = decompress(await store.read(key), key);
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    if (stop > start) yield rowOf<Row>(text.slice(start, stop), key);
    start = stop + 1;
  }
}

function rowOf<Row>(line: string, key: string): Row {
  try {
    return JSON.parse(line) as Row;
  } catch (cause) {
    throw damaged(key, `holds a line that is not JSON (${JSON.stringify(line.slice(0, 60))})`, cause);
  }
}

/**
 * The documents of a finished data stage, in order. Throws `core/artifact-missing` when there is none,
 * `data/shard-damaged` for what no data stage wrote.
 */
export async function* readShards(store: ArtifactStore, prefix: string): AsyncGenerator<Document> {
  const keys = (await store.list(`${prefix}/shard-`)).filter((key) => key.endsWith('.jsonl.gz'));
  if (keys.length === 0) await store.read(shardKey(prefix, 0));
  for (const key of keys)
    for await (const document of readLineBlob<Document | null>(store, key)) {
      if (typeof document?.id !== 'string' || typeof document.text !== 'string')
        throw damaged(key, 'holds a line that is no document with id and text');
      yield document;
    }
}
