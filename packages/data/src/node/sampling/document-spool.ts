/**
 * Shuffles more documents than memory holds, in two passes: each goes to the bucket on disk that its key
 * falls into, then each bucket is sorted by key in memory. Keys are hashes, so buckets are alike in size and
 * the order is that of all keys, whatever the number of buckets.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '@llm/core';
import { writeFailed } from '@llm/core/node';

export interface SpooledDocument {
  /** Uniform in 64 bits. */
  readonly key: readonly [high: number, low: number];
  /** Decides between equal keys. */
  readonly tie: readonly [number, number, number];
  readonly document: Document;
}

/** UTF-16 units in memory before they go to disk. */
const waitingCharacters = 16 * 1024 * 1024;

export class DocumentSpool {
  readonly #lines: string[][];
  #waiting = 0;

  constructor(
    /** An empty one. */
    readonly directory: string,
    readonly buckets: number,
  ) {
    this.#lines = Array.from({ length: buckets }, () => []);
  }

  bucketOf([high]: SpooledDocument['key']): number {
    return Math.floor((high / 2 ** 32) * this.buckets);
  }

  async add({ key, tie, document }: SpooledDocument): Promise<void> {
    const line = JSON.stringify([...key, ...tie, document]);
    this.#lines[this.bucketOf(key)]!.push(line);
    this.#waiting += line.length;
    if (this.#waiting >= waitingCharacters) await this.flush();
  }

  async flush(): Promise<void> {
    for (const [bucket, lines] of this.#lines.entries()) {
      if (lines.length === 0) continue;
      await this.#append(bucket, `${lines.join('\n')}\n`);
      this.#lines[bucket] = [];
    }
    this.#waiting = 0;
  }

  /** The documents of a bucket in their new order. */
  async read(bucket: number): Promise<Document[]> {
    await this.flush();
    const bytes = await readFile(this.#file(bucket)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    const rows: [number, number, number, number, number, Document][] = [];
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(10, start);
      rows.push(JSON.parse(bytes.toString('utf8', start, end)));
      start = end + 1;
    }
    rows.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3] || a[4] - b[4]);
    return rows.map((row) => row[5]);
  }

  async #append(bucket: number, text: string): Promise<void> {
    try {
      await appendFile(this.#file(bucket), text);
    } catch (cause) {
      throw writeFailed(
        this.directory,
        cause,
        'or name another workDirectory: documents are shuffled there.',
      );
    }
  }

  #file = (bucket: number): string => join(this.directory, String(bucket));
}
