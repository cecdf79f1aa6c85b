/**
 * The text of a page whose markup is an empty shell that scripts fill: from the data that it carries for them
 * (`<script type="application/json">`, as Next writes it, `window.__STATE__ = {…}`, Discourse's
 * `data-preloaded`). Nobody says which values are the text; the name of a property does whose values hold the
 * most prose. Left out: data that is a program (Nuxt's functions, React's streams).
 */
import { isItem } from '../metadata/json-ld-items.js';

/** Values that are not looked at any more. */
const mostValues = 200_000;
/** UTF-16 units of a value that is a sentence or more. */
const leastProse = 80;

/** The values of one property, in the order of the page. */
export function hydrationTexts(data: readonly string[]): string[] {
  const found: { readonly path: string; readonly name: string; readonly text: string }[] = [];
  const proseOf = new Map<string, number>();
  const prosePaths = new Set<string>();
  let looked = 0;
  for (const source of data) {
    // The last is next: what is within a value comes before what follows it.
    const waiting: { readonly value: unknown; readonly name: string; readonly path: string }[] = [
      { value: parsed(source), name: '', path: '' },
    ];
    for (let next = waiting.pop(); next !== undefined && looked < mostValues; next = waiting.pop()) {
      const { name, path } = next;
      looked++;
      const value = typeof next.value === 'string' ? (nested(next.value) ?? next.value) : next.value;
      if (typeof value === 'string') {
        found.push({ path, name, text: value });
        if (!isProse(value)) continue;
        proseOf.set(name, (proseOf.get(name) ?? 0) + value.length);
        prosePaths.add(path);
      } else if (Array.isArray(value)) {
        for (let at = Math.min(value.length, mostValues) - 1; at >= 0; at--)
          waiting.push({ value: value[at], name, path });
      } else if (isItem(value))
        for (const [key, inner] of Object.entries(value).reverse())
          waiting.push({ value: inner, name: key, path: path.length > 200 ? path : `${path}/${key}` });
    }
  }
  let [best, most] = ['', 0];
  for (const [name, prose] of proseOf) if (prose > most) [best, most] = [name, prose];
  const texts = found.filter(({ path, name }) => name === best && prosePaths.has(path));
  return most === 0 ? [] : [...new Set(texts.map(({ text }) => text))];
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** Discourse and others write JSON into the strings of JSON. */
function nested(text: string): unknown {
  return /^\s*[{[]/.test(text) ? parsed(text) : undefined;
}

/** Words and a sentence's end, no program. */
function isProse(text: string): boolean {
  if (text.length < leastProse) return false;
  const plain = text.slice(0, 4000).replace(/<[^<>]*>/g, ' ');
  const letters = plain.match(/[\p{L}\p{M}\s]/gu)?.length ?? 0;
  return (
    letters > 0.85 * plain.length &&
    /[\s\p{L}][.!?。！？…](?:\s|$)|[。！？]/u.test(plain) &&
    plain.length >= leastProse
  );
}
