import type { ArchiveDamage } from '../../archive/archive-record.js';
import { openInput } from './input-file.js';

export type FilePiece =
  | {
      readonly kind: 'line';
      readonly line: string;
      /** From 1. */
      readonly number: number;
      /** False for the pieces of a line that is longer than `longest`, but for its last. */
      readonly ends: boolean;
    }
  /** What cannot be inflated. */
  | { readonly kind: 'damage'; readonly damage: ArchiveDamage };

/**
 * Lines of a UTF-8 file without their `\n`. Of a line above `longest` UTF-16 units, which may be a whole file
 * or what a small gzip file grows to, no more is held at a time.
 */
export async function* readLines(
  path: string,
  longest: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<FilePiece> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let number = 1;
  /** What of `rest` is too long to be held. */
  function* pieces(): Generator<FilePiece> {
    let from = 0;
    while (rest.length - from > longest) {
      const to = from + cutOf(rest.slice(from, from + longest));
      yield { kind: 'line', line: rest.slice(from, to), number, ends: false };
      from = to;
    }
    rest = rest.slice(from);
  }
  for await (const part of openInput(path, onBytes)) {
    if (part.kind === 'damage') yield part;
    if (part.kind !== 'bytes') continue;
    const text = decoder.decode(part.bytes, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      rest += text.slice(start, end);
      yield* pieces();
      yield { kind: 'line', line: rest, number: number++, ends: true };
      rest = '';
      start = end + 1;
    }
    rest += text.slice(start);
    yield* pieces();
  }
  rest += decoder.decode();
  if (rest !== '') yield { kind: 'line', line: rest, number, ends: true };
}

/** Between two words where there is a blank, and never inside a surrogate pair. */
function cutOf(text: string): number {
  const { length } = text;
  const blank = text.lastIndexOf(' ');
  if (blank > length / 2) return blank + 1;
  return (text.charCodeAt(length - 1) & 0xfc00) === 0xd800 ? length - 1 : length;
}
