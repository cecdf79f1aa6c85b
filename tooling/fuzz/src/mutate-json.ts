/**
 * A damaged JSON file that is still JSON: one to three
 * values replaced, doubled, removed or taken from elsewhere.
 */
import type { Random } from '@llm/core';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const nested = (depth: number): Json => {
  let value: Json = 'deep';
  for (let level = 0; level < depth; level++)
    value = level % 2 ? [value] : { type: 'Sequence', normalizers: [value] };
  return value;
};

/** Values that readers of configurations and tokenizers trip over. */
const hostile: readonly Json[] = [
  ...[
    null,
    true,
    -1,
    0,
    0.5,
    1e7,
    2 ** 31,
    2 ** 53,
    1e300,
    '',
    ' ',
    '\ud800',
    '__proto__',
    '../x',
    'x'.repeat(70_000),
  ],
  ...[
    '(?:a|a)*b',
    '(a+)+$',
    '(?:\\w|\\d)*!',
    'a*a*a*a*a*b',
    '(.*)*x',
    '(?=(a+))b',
    '(?<!a)b{,3}',
    '^',
    '$',
    '\\b',
    '',
    '(',
    '[a',
    '\\',
  ],
  ...[
    '{% for i in range(1000000000) %}x{% endfor %}',
    '{{ "x" * 1000000000 }}',
    '{{ messages | tojson }}',
    '{% set x = x %}',
  ],
  [],
  {},
  { type: 'Replace', pattern: { String: '' }, content: 'aa' },
  { type: 'Split', pattern: { Regex: '(?:a|aa)+$' }, behavior: 'MergedWithNext', invert: true },
  nested(3),
  nested(5000),
];

/** Undefined when the text is no JSON. */
export function mutateJson(text: string, random: Random): string | undefined {
  let root: Json;
  try {
    root = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  for (let change = 1 + random.integer(3); change > 0; change--) {
    const places = placesOf(root);
    if (places.length === 0) return JSON.stringify(random.pick(hostile));
    const { parent, key } = random.pick(places);
    const holder = parent as Record<string, Json>;
    const other = random.pick(places);
    const elsewhere = (other.parent as Record<string, Json>)[other.key]!;
    const choice = random.integer(5);
    if (choice === 0) delete holder[key];
    // A copy: the value may hold the place itself.
    else if (choice === 1) holder[key] = structuredClone(elsewhere);
    else if (choice === 2 && Array.isArray(parent)) parent.push(...structuredClone(parent.slice(0, 500)));
    else holder[key] = structuredClone(random.pick(hostile));
  }
  return JSON.stringify(root);
}

interface Place {
  readonly parent: object;
  readonly key: string;
}

/** Every place a value stands in; of a long list only some. */
function placesOf(root: Json): Place[] {
  const places: Place[] = [];
  const walk = (parent: Json, depth: number): void => {
    if (typeof parent !== 'object' || parent === null || depth > 50) return;
    const keys = Object.keys(parent);
    for (const key of keys.length > 20 ? [...keys.slice(0, 10), ...keys.slice(-10)] : keys) {
      places.push({ parent, key });
      walk((parent as Record<string, Json>)[key]!, depth + 1);
    }
  };
  walk(root, 0);
  return places;
}
