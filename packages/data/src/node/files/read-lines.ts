/** The lines of a text file, plain or compressed, in whatever encoding it is. */
import type { ArchiveDamage } from '../../archive/archive-record.js';
import { TextStream } from '../../charset/text-stream.js';
import { detectCharset } from '../charset/detect-charset.js';
import { ownBytes } from './inflated-part.js';
import { openInput } from './input-file.js';
import { opensText } from './text-start.js';

export type FilePiece =
  | {
      readonly kind: 'line';
      readonly line: string;
      /** From 1. */
      readonly number: number;
      /** False for the pieces of a line that is longer than `longest`, but for its last. */
      readonly ends: boolean;
    }
  /** What cannot be inflated. The line before it ends there. */
  | { readonly kind: 'damage'; readonly damage: ArchiveDamage }
  /** The file is no text: nothing of it is read. */
  | { readonly kind: 'refusal'; readonly message: string };

/**
 * Lines without their `\n` and without a byte order mark at their start (joined files have several). Of a
 * line above `longest` UTF-16 units, which may be a whole file or what a small gzip file grows to, no more is
 * held at a time.
 */
export async function* readLines(
  path: string,
  longest: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<FilePiece> {
  const lines = new LineCutter(longest);
  let text = new TextStream(detectCharset);
  for await (const part of openInput(path, opensText, onBytes)) {
    if (part.kind === 'bytes') yield* lines.add(text.write(ownBytes(part)));
    if (text.refusal !== undefined) break;
    if (part.kind !== 'damage') continue;
    yield* lines.add(text.end());
    if (text.refusal !== undefined) break;
    text = new TextStream(detectCharset);
    yield* lines.end();
    yield part;
  }
  yield* lines.add(text.end());
  if (text.refusal !== undefined) yield { kind: 'refusal', message: text.refusal };
  yield* lines.end();
}

class LineCutter {
  #number = 1;
  #parts: string[] = [];
  #length = 0;

  constructor(readonly longest: number) {}

  *add(text: string): Generator<FilePiece> {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield* this.#grow(text.slice(start, end));
      yield this.#endLine();
      start = end + 1;
    }
    yield* this.#grow(text.slice(start));
  }

  *end(): Generator<FilePiece> {
    if (this.#length > 0) yield this.#endLine();
  }

  *#grow(part: string): Generator<FilePiece> {
    if (part === '') return;
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= this.longest) return;
    const line = this.#joined();
    let from = 0;
    while (line.length - from > this.longest) {
      const to = from + cutOf(line.slice(from, from + this.longest));
      yield { kind: 'line', line: line.slice(from, to), number: this.#number, ends: false };
      from = to;
    }
    this.#parts = [line.slice(from)];
    this.#length = line.length - from;
  }

  #endLine(): FilePiece {
    const line = this.#joined();
    this.#parts = [];
    this.#length = 0;
    return { kind: 'line', line, number: this.#number++, ends: true };
  }

  #joined(): string {
    const line = this.#parts.length === 1 ? this.#parts[0]! : this.#parts.join('');
    let start = 0;
    while (line.charCodeAt(start) === 0xfeff) start++;
    return start === 0 ? line : line.slice(start);
  }
}

/** Between two words where there is a blank, and never inside a surrogate pair. */
function cutOf(text: string): number {
  const { length } = text;
  const blank = text.lastIndexOf(' ');
  if (blank > length / 2) return blank + 1;
  return (text.charCodeAt(length - 1) & 0xfc00) === 0xd800 ? length - 1 : length;
}
