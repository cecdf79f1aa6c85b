/** The items of a page's JSON-LD, with those inside other ones, as they were written. */
import { elementKey } from '../html/element-names.js';
import type { HtmlDocument } from '../html/html-document.js';
import { textBelow } from '../html/walk.js';

export type Item = Readonly<Record<string, unknown>>;

/** More items than this are not looked at. */
const mostItems = 2000;

const scriptKey = elementKey('script');

/** The scripts whose type is one that is wanted, in document order. */
export function scriptsOf(document: HtmlDocument, isWanted: (type: string) => boolean): string[] {
  const { key, size } = document;
  const scripts: string[] = [];
  for (let node = key.indexOf(scriptKey); node >= 0 && node < size; node = key.indexOf(scriptKey, node + 1))
    if (isWanted(document.attribute(node, 'type') ?? '')) scripts.push(textBelow(document, node));
  return scripts;
}

/** The title, the metadata and the text of a page ask for them. */
const known = new WeakMap<HtmlDocument, readonly Item[]>();

/** Outer items before those within them. */
export function jsonLdOf(document: HtmlDocument): readonly Item[] {
  let items = known.get(document);
  if (items === undefined) {
    const found: Item[] = [];
    for (const script of scriptsOf(document, (type) => /^\s*application\/ld\+json/i.test(type)))
      collect(parse(script), found);
    items = found;
    known.set(document, items);
  }
  return items;
}

/** Undefined for what is no JSON; line breaks within strings, comments and marks of CDATA are forgiven. */
function parse(script: string): unknown {
  const json = script
    .replace(
      /^\s*(?:<!--|\/\*\s*<!\[CDATA\[\s*\*\/|<!\[CDATA\[|\/\/\s*<!\[CDATA\[)|(?:-->|\/\*\s*\]\]>\s*\*\/|\]\]>|\/\/\s*\]\]>)\s*$/g,
      '',
    )
    .trim()
    .replace(/;$/, '');
  for (const attempt of [json, json.replace(/\s+/g, ' ')]) {
    try {
      return JSON.parse(attempt);
    } catch {}
  }
  return undefined;
}

function collect(root: unknown, items: Item[]): void {
  const waiting: unknown[] = [root];
  for (let at = 0; at < waiting.length && items.length < mostItems && at < 10 * mostItems; at++) {
    const value = waiting[at];
    if (Array.isArray(value)) waiting.push(...value.slice(0, mostItems));
    else if (isItem(value)) {
      items.push(value);
      for (const inner of Object.values(value))
        if (typeof inner === 'object' && inner !== null) waiting.push(inner);
    }
  }
}

export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasType(item: Item, types: RegExp): boolean {
  return list(item['@type']).some(
    (type) => typeof type === 'string' && types.test(type.replace(/^https?:\/\/schema\.org\//, '')),
  );
}

export function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
