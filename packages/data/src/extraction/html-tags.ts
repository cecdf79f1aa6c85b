/** What the extractor needs to know of an HTML element by its name alone. */
import { knownNames, nameNumber } from '../html/element-names.js';

export function tags(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

/** Elements whose content is never text of the page. */
export const unseenTags = tags(
  'script style noscript template svg iframe object embed applet canvas audio video map select ' +
    'datalist textarea input noembed noframes frameset head link meta base basefont param ' +
    'source track menuitem progress meter rt rp rtc title',
);

/** Of these, those that stand between two words when there is something in them. */
export const wordBreakingTags = tags(
  'iframe object embed applet canvas audio video map select textarea progress meter',
);

/** Elements that start and end a line. */
export const blockTags = tags(
  'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption ' +
    'figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre ' +
    'search section summary table tbody td tfoot th thead tr ul xmp listing plaintext marquee layer',
);

export const headingTags = tags('h1 h2 h3 h4 h5 h6');

/** Bits of `tagBits`. */
export const isBlock = 1;
export const isHeading = 2;
export const isEmphasis = 4;
/** Buttons and labels. */
export const isControl = 8;

/** A table by the number of a name; that of all names which no rule knows is the last entry, 0. */
export function byName(entries: Iterable<readonly [name: string, value: number]>): Int32Array {
  const table = new Int32Array(knownNames + 1);
  for (const [name, value] of entries) table[nameNumber(name)]! |= value;
  return table;
}

/** By the number of a name. */
export const tagBits = byName(
  (
    [
      [blockTags, isBlock],
      [headingTags, isHeading],
      [tags('b strong em'), isEmphasis],
      [tags('button label'), isControl],
    ] as const
  ).flatMap(([names, bit]) => [...names].map((name) => [name, bit] as const)),
);
