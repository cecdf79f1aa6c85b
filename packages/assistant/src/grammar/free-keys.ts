/** Keys of properties that are not named: any JSON string without escapes, but none of those that are. */
import { byteAutomaton } from './byte-automaton.js';
import {
  type CodePointRange,
  characters,
  choice,
  type Expression,
  literal,
  repeat,
  sequence,
  without,
} from './expression.js';
import type { Terminal } from './terminal.js';

const escaped: readonly CodePointRange[] = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
];
const plain = without(escaped);
const quote = literal('"');

export function freeKeys(taken: readonly string[]): Terminal {
  // A name that needs escapes is never written without them.
  const written = taken.filter((name) => JSON.stringify(name) === `"${name}"`);
  const names = written.map((name) => Array.from(name));
  return byteAutomaton(`keys ${JSON.stringify(taken)}`, () => sequence(quote, rest(names)));
}

/** What may follow, and the closing quote, such that none of the names comes about. */
function rest(names: readonly (readonly string[])[]): Expression {
  const nexts = new Map<string, (readonly string[])[]>();
  for (const [first, ...others] of names)
    if (first !== undefined) nexts.set(first, [...(nexts.get(first) ?? []), others]);
  const leaves = [...nexts.keys()].map((first): CodePointRange => {
    const code = first.codePointAt(0)!;
    return [code, code];
  });
  const parts = [
    sequence(
      characters(without([...escaped, ...leaves])),
      repeat(characters(plain), 0, Number.POSITIVE_INFINITY),
      quote,
    ),
    ...[...nexts].map(([first, others]) => sequence(literal(first), rest(others))),
  ];
  if (names.every((name) => name.length > 0)) parts.push(quote);
  return choice(...parts);
}
