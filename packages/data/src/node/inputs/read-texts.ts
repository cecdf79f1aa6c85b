import { isReadable } from '../../charset/decoded-doubt.js';
import { cleanText } from '../../page/clean-text.js';
import { Page } from '../../page/page.js';
import { drop } from '../../page/verdict.js';
import { readLines } from '../files/read-lines.js';
import { damagedItem, refusedItem } from './damaged-item.js';
import type { InputItem, InputLimits } from './data-input.js';

/**
 * A text file → pages cut at blank lines. Reasons: `binary`, `unknown-charset`, and of a damaged gzip file
 * `truncated` and `corrupt`.
 */
export async function* readTexts(
  path: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const least = limits.documentCharacters ?? 20_000;
  let lines: string[] = [];
  let length = 0;
  let first = 1;
  const take = (): InputItem[] => {
    const content = cleanText(lines.join('\n')).trim();
    const metadata = { line: first };
    lines = [];
    length = 0;
    if (content === '') return [];
    const isText = isReadable({ text: content });
    if (!isText) return [{ ...drop('unknown-charset', { metadata }), recordType: 'text' }];
    return [{ kind: 'keep', page: new Page({ content, metadata }), recordType: 'text' }];
  };
  // A line that is a page too long is cut into pages.
  for await (const piece of readLines(path, limits.maxPageBytes ?? 16 * 1024 * 1024, onBytes)) {
    if (piece.kind !== 'line') {
      yield* take();
      yield piece.kind === 'damage' ? damagedItem(piece.damage) : refusedItem(piece.message);
      continue;
    }
    const { line: raw, number, ends } = piece;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (lines.length === 0) first = number;
    lines.push(line);
    length += line.length + 1;
    // A file without blank lines is cut at a line end once it is ten times as long.
    if (!ends || (line.trim() === '' && length >= least) || length >= least * 10) yield* take();
  }
  yield* take();
}
