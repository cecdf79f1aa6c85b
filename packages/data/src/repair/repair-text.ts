/**
 * Text as its writer saw it: what ftfy 6.3 (Robyn Speer, Apache-2.0) makes of it with the options that
 * datatrove 0.10's `FTFYFormatter` sets. Encodings are repaired, entities read, terminal colours and controls
 * taken out. Quotes, ligatures, widths and line ends stay as they are: models should see them.
 */
import { repairEncoding } from './repair-encoding.js';
import { decodeControls } from './single-byte-encodings.js';
import { unescapeEntities } from './unescape-entities.js';

/** Longer lines are taken apart. */
const longestSegment = 1_000_000;

const plain = /^[\t\n\f\r -%'-~]*$/;

export interface TextRepairOptions {
  /**
   * Read `&eacute;` as é, up to the first line with a `<`: what follows is HTML that is meant to be read so.
   * Default true, as in datatrove; false where text may speak of entities.
   */
  readonly entities?: boolean | undefined;
}

/** Line by line. */
export function repairText(text: string, options: TextRepairOptions = {}): string {
  let repaired = '';
  let { entities = true } = options;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start) + 1;
    const end = segmentEnd(text, start, newline === 0 ? text.length : newline);
    const segment = text.slice(start, end);
    if (segment.includes('<')) entities = false;
    repaired += plain.test(segment) ? segment : repairSegment(segment, entities);
    start = end;
  }
  return repaired;
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
    text = decodeControls(repairEncoding(text))
      .replace(loneSurrogates, '\ufffd')
      .replace(terminalEscapes, '')
      .replace(controls, '');
    if (text === before) return text;
  }
}

const loneSurrogates = /\p{Cs}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes out
const terminalEscapes = /\x1b\[[\p{Nd};]*[a-zA-Z]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes out
const controls = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;
