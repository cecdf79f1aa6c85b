/** Documents → JSON lines, or plain text with a blank line between documents; gzip in members, or plain. */
import type { Document } from '@llm/core';
import { compress } from '../pipeline/shards.js';
import type { OutputFile } from '../storage/byte-source.js';

export type LineCompression = 'gzip' | 'none';

export interface LineDocumentsOptions {
  readonly format: 'jsonl' | 'text';
  readonly compression: LineCompression;
}

/** UTF-16 units that become one gzip member. */
const memberCharacters = 4 * 1024 * 1024;

/** Bytes written so far are in `size`: of whole members. */
export class LineDocuments {
  size = 0;
  #lines: string[] = [];
  #characters = 0;

  constructor(
    readonly output: OutputFile,
    readonly options: LineDocumentsOptions,
  ) {}

  async add({ id, text, metadata }: Document): Promise<void> {
    const line =
      this.options.format === 'jsonl'
        ? `${JSON.stringify({ text, id, metadata })}\n`
        : `${text.trimEnd()}\n\n`;
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= memberCharacters) await this.#flush();
  }

  async finish(): Promise<void> {
    await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#characters = 0;
    const bytes = this.options.compression === 'gzip' ? compress(text) : Buffer.from(text);
    this.size += bytes.length;
    await this.output.write(bytes);
  }
}
