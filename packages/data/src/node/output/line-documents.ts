/**
 * Documents → JSON lines, or plain text with a blank line between documents; plain, in members of gzip or in
 * frames of Zstandard.
 */
import type { Document } from '@llm/core';
import { compressZstd, loadZstd } from '../parquet/zstd.js';
import { compress } from '../pipeline/shards.js';
import type { OutputFile } from '../storage/byte-source.js';

export type LineCompression = 'gzip' | 'zstd' | 'none';

export interface LineDocumentsOptions {
  readonly format: 'jsonl' | 'text';
  readonly compression: LineCompression;
}

/** UTF-16 units that become one gzip member, or one frame. */
const memberCharacters = 4 * 1024 * 1024;

/** Bytes written so far are in `size`: of whole members. */
export class LineDocuments {
  size = 0;
  #lines: string[] = [];
  #characters = 0;

  private constructor(
    readonly output: OutputFile,
    readonly options: LineDocumentsOptions,
  ) {}

  static async open(output: OutputFile, options: LineDocumentsOptions): Promise<LineDocuments> {
    if (options.compression === 'zstd') await loadZstd();
    return new LineDocuments(output, options);
  }

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
    const bytes = packed(text, this.options.compression);
    this.size += bytes.length;
    await this.output.write(bytes);
  }
}

function packed(text: string, compression: LineCompression): Uint8Array {
  if (compression === 'gzip') return compress(text);
  return compression === 'zstd' ? compressZstd(Buffer.from(text)) : Buffer.from(text);
}
