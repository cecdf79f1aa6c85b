/**
 * Text as its writer saw it: what ftfy 6.3 (Robyn Speer, Apache-2.0) makes of it with the options that
 * datatrove 0.10's `FTFYFormatter` sets. Encodings are repaired, entities read, terminal colours and controls
 * taken out. Quotes, ligatures, widths and line ends stay as they are: models should see them.
 */
import { signsIn } from './mojibake-signs.js';
import { repairEncoding } from './repair-encoding.js';
import { decodeControls } from './single-byte-encodings.js';
import { unescapeEntities } from './unescape-entities.js';

/** Longer lines are taken apart. */
const longestSegment = 1_000_000;

export interface TextRepairOptions {
  /**
   * Read `&eacute;` as é, up to the first line with a `<`: what follows is HTML that is meant to be read so.
   * Default true, as in datatrove; false where text may speak of entities.
   */
  readonly entities?: boolean | undefined;
}

/** Nothing is done to other lines. */
const special = /[^\t\n\f\r -~]/g;
const specialOrEntity = /[^\t\n\f\r -%'-~]/g;

/** Line by line. */
export function repairText(text: string, options: TextRepairOptions = {}): string {
  const { entities = true } = options;
  if (signsIn(text) === 0 && !(entities && text.includes('&'))) return text;
  const markup = text.indexOf('<');
  const next = entities ? specialOrEntity : special;
  let repaired = '';
  let done = 0;
  for (;;) {
    next.lastIndex = done;
    const found = next.exec(text)?.index;
    if (found === undefined) return repaired + text.slice(done);
    const newline = text.indexOf('\n', found) + 1;
    const end = newline === 0 ? text.length : newline;
    let start = Math.max(done, text.lastIndexOf('\n', found) + 1);
    repaired += text.slice(done, start);
    while (start < end) {
      const segment = text.slice(start, segmentEnd(text, start, end));
      start += segment.length;
      repaired += repairSegment(segment, entities && (markup < 0 || markup >= start));
    }
    done = end;
  }
}

/** A segment is counted in code points. */
function segmentEnd(text: string, start: number, end: number): number {
  if (end - start <= longestSegment) return end;
  let at = start;
  for (let count = 0; count < longestSegment && at < end; count++)
    at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

function repairSegment(segment: string, entities: boolean): string {
  let text = segment;
  for (;;) {
    const before = text;
    if (entities) text = unescapeEntities(text);
    text = repairEncoding(text);
    if (hidden.test(text))
      text = decodeControls(text)
        .replace(loneSurrogates, '\ufffd')
        .replace(terminalEscapes, '')
        .replace(controls, '');
    if (text === before) return text;
  }
}

/** What the rules below look for, and pairs of surrogates. */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  /[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\u206a-\u206f\ud800-\udfff\ufeff\ufff9-\ufffc]/;
const loneSurrogates = /\p{Cs}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes out
const terminalEscapes = /\x1b\[[\p{Nd};]*[a-zA-Z]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes out
const controls = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;
