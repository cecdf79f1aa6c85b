/**
 * Names of elements as numbers, so that the tables of the tree construction are arrays. An element is known
 * by its key: the number of its name times four, plus its namespace. The sets of elements are those of the
 * WHATWG HTML standard, "The stack of open elements".
 */
import { WordTable } from './word-table.js';

export const namespaces = { html: 0, math: 1, svg: 2 } as const;

/** Keys of nodes that are no elements. */
export const kinds = { text: -1, comment: -2, doctype: -3, document: -4 } as const;

/** What an element is to the algorithms, as bits of `traitsOf`. */
export const traits = {
  special: 1,
  /** Special, and not address, div or p: what ends the search for an open list item. */
  specialButFlow: 2,
  scope: 4,
  listScope: 8,
  buttonScope: 16,
  tableScope: 32,
  formatting: 64,
  /** Elements whose end tag is implied. */
  impliedEnd: 128,
  /** As `impliedEnd`, and those of a table. */
  impliedEndThoroughly: 256,
  heading: 512,
  tableRowContext: 1024,
} as const;

const sets: readonly (readonly [number, string])[] = [
  [
    traits.special,
    'address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp math:mi math:mo math:mn math:ms math:mtext math:annotation-xml svg:foreignobject svg:desc svg:title',
  ],
  [
    traits.scope | traits.listScope | traits.buttonScope,
    'applet caption html table td th marquee object select template math:mi math:mo math:mn math:ms math:mtext math:annotation-xml svg:foreignobject svg:desc svg:title',
  ],
  [traits.listScope, 'ol ul'],
  [traits.buttonScope, 'button'],
  [traits.tableScope, 'html table template'],
  [traits.formatting, 'a b big code em font i nobr s small strike strong tt u'],
  [traits.impliedEnd | traits.impliedEndThoroughly, 'dd dt li optgroup option p rb rp rt rtc'],
  [traits.impliedEndThoroughly, 'caption colgroup tbody td tfoot th thead tr'],
  [traits.heading, 'h1 h2 h3 h4 h5 h6'],
  [traits.tableRowContext, 'table tbody tfoot thead tr'],
];

/** Known only by name: what some rule speaks of beside the sets. */
const others =
  'span svg image rb rtc rt rp ruby isindex optgroup option selectedcontent dialog abbr acronym audio canvas cite data datalist del dfn ins kbd label legend map mark meter output picture progress q samp slot sub sup time var video math mglyph malignmark mi mo mn ms mtext annotation-xml annotation foreignobject desc path g use mjx-container menuitem layer';

const numbers = new Map<string, number>();
const names: string[] = [];

function number(name: string): number {
  let found = numbers.get(name);
  if (found === undefined) {
    found = names.length;
    numbers.set(name, found);
    names.push(name);
  }
  return found;
}

const prefixes = { math: namespaces.math, svg: namespaces.svg } as const;

function keyOf(name: string): number {
  const colon = name.indexOf(':');
  if (colon < 0) return number(name) << 2;
  return (number(name.slice(colon + 1)) << 2) | prefixes[name.slice(0, colon) as 'math' | 'svg'];
}

for (const [, list] of sets) for (const name of list.split(' ')) keyOf(name);
for (const name of others.split(' ')) keyOf(name);

const knownTraits = new Uint16Array(names.length << 2);
for (const [bits, list] of sets) for (const name of list.split(' ')) knownTraits[keyOf(name)]! |= bits;
for (let key = 0; key < knownTraits.length; key++) {
  if ((knownTraits[key]! & traits.special) !== 0) knownTraits[key]! |= traits.specialButFlow;
}
for (const name of ['address', 'div', 'p']) knownTraits[keyOf(name)]! &= ~traits.specialButFlow;

/** How many names are known to the algorithms; their numbers are below this. */
export const knownNames = names.length;

export function traitsOf(key: number): number {
  return key < knownTraits.length ? knownTraits[key]! : 0;
}

/** The known names by their numbers. */
export const tagNames: readonly string[] = names;

/** The number of a known name. */
export function nameNumber(name: string): number {
  const found = numbers.get(name);
  if (found === undefined) throw new RangeError(`unknown element name ${name}`);
  return found;
}

/** The key of a known element of HTML, or with `math:` or `svg:` before it. */
export function elementKey(name: string): number {
  const colon = name.indexOf(':');
  if (colon < 0) return nameNumber(name) << 2;
  return (nameNumber(name.slice(colon + 1)) << 2) | prefixes[name.slice(0, colon) as 'math' | 'svg'];
}

/** By their numbers. */
const known = new WordTable(names);

/** The names of one page: the known ones, and those it brings. */
export class NameTable {
  readonly #own = new Map<string, number>();
  readonly #names: string[] = [];

  /** The number of a known name that stands in the page, or -1. */
  find(text: string, start: number, end: number, hash: number): number {
    return known.find(text, start, end, hash);
  }

  number(name: string): number {
    const found = numbers.get(name) ?? this.#own.get(name);
    if (found !== undefined) return found;
    const added = knownNames + this.#names.length;
    this.#own.set(name, added);
    this.#names.push(name);
    return added;
  }

  name(key: number): string {
    const at = key >> 2;
    return (at < knownNames ? known.words[at] : this.#names[at - knownNames])!;
  }
}
