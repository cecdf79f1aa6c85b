/** The items of a page's JSON-LD, with those inside other ones, as they were written. */

export type Item = Readonly<Record<string, unknown>>;

/** More items than this are not looked at. */
const mostItems = 2000;

/** Outer items before those within them. */
export function jsonLdItems(scripts: readonly string[]): Item[] {
  const items: Item[] = [];
  for (const script of scripts) collect(parse(script), items);
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
