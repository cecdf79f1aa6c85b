import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { capitalize } from '../patterns/phrase.js';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .sort();
const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

interface TextFile {
  readonly about?: string | undefined;
  readonly slots?: Readonly<Record<string, string>> | undefined;
  readonly slotsFrom?: string | undefined;
}

interface WorldSlotTexts {
  readonly slots: object;
  readonly words: object;
}
const worldTexts = JSON.parse(read('world-slots.json')) as WorldSlotTexts;
/** The files that have slots for others. A tale has a form with a capital of each slot. */
const sharedSlots: Readonly<Record<string, readonly string[]>> = {
  'world-slots.json': [...Object.keys(worldTexts.slots), ...Object.keys(worldTexts.words)],
  'tales/cast.json': Object.keys((JSON.parse(read('tales/cast.json')) as TextFile).slots!),
};

/** What is wrong in a text file, each with file, line and entry. */
function faultsOf(name: string, raw: string): string[] {
  const faults: string[] = [];
  const isFacts = name.startsWith('facts/');
  // Entries are met in the order of the file, so the place of each is found behind that of the one before.
  let place = 0;
  const moveTo = (text: string): void => {
    const found = raw.indexOf(JSON.stringify(text), place);
    if (found >= 0) place = found + 1;
  };
  const fault = (message: string): void => {
    faults.push(`${name}:${raw.slice(0, place).split('\n').length}: ${message}`);
  };
  let root: TextFile;
  try {
    root = JSON.parse(raw) as TextFile;
  } catch (error) {
    const { message } = error as SyntaxError;
    place = Number(/position (\d+)/.exec(message)?.[1] ?? raw.length);
    fault(message);
    return faults;
  }
  // A file that declares slots holds patterns, another one plain text.
  const names = [...Object.keys(root.slots ?? {}), ...(sharedSlots[root.slotsFrom ?? ''] ?? [])];
  const capitals = name.startsWith('tales/') ? names.map(capitalize) : [];
  const slots = root.slots === undefined ? undefined : [...names, ...capitals];

  const checkPattern = (pattern: string, known: readonly string[]): void => {
    let depth = 0;
    for (const sign of pattern.match(/[{}|]/g) ?? []) {
      if (sign === '{') depth++;
      if (sign === '}') depth--;
      if (depth < 0 || (sign === '|' && depth === 0)) break;
    }
    if (depth !== 0 || /\|/.test(pattern.replace(/\{.*\}/, ''))) fault(`braces do not match in "${pattern}"`);
    if (/\{[^{}|]*\}/.test(pattern)) fault(`a choice of one in "${pattern}"`);
    for (const [, slot] of pattern.matchAll(/\$([A-Za-z]*)/g))
      if (!known.includes(slot!)) fault(`no slot $${slot} (there are ${known.join(', ')}) in "${pattern}"`);
  };
  const checkText = (text: string): void => {
    if (text.trim() === '') fault('an empty text');
    else if (text !== text.trim() || text.includes('  ')) fault(`a space too many in "${text}"`);
    if (/,\s*,|^\s*,|,\s*$/.test(text)) fault(`nothing between two commas in "${text}"`);
    const words = text.split(', ');
    if (words.length > 2 && !/[.!?$]/.test(text)) {
      if (/,\S/.test(text)) fault(`a comma without a space in "${text}"`);
      const twice = words.find((word, index) => words.indexOf(word) < index);
      if (twice !== undefined) fault(`"${twice}" is twice in "${text}"`);
    }
  };
  const check = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'string') {
      moveTo(value);
      checkText(value);
      if (slots !== undefined) checkPattern(value, isFacts && path.includes('questions') ? ['s'] : slots);
    } else if (typeof value === 'object' && value !== null) {
      if (Object.keys(value).length === 0) fault(`"${path.join('.')}" is empty`);
      if (isFacts && path.at(-1) === 'questions' && Object.keys(value).length === 1)
        fault(`"${path.join('.')}" has one question; one is kept for testing, so give two`);
      for (const [key, entry] of Object.entries(value)) {
        if (!Array.isArray(value)) moveTo(key);
        check(entry, [...path, key]);
        if (Array.isArray(value) && value.indexOf(entry) < Number(key))
          fault(`"${entry}" is twice in the list`);
      }
    } else fault(`"${path.join('.')}" is ${value}, not a text`);
  };
  if (typeof root.about !== 'string') fault('say under "about" what the file holds');
  if (root.slotsFrom !== undefined && !(root.slotsFrom in sharedSlots))
    fault(`slotsFrom is "${root.slotsFrom}"; slots for others are in ${Object.keys(sharedSlots).join(', ')}`);
  for (const [key, value] of Object.entries(root)) {
    moveTo(key);
    if (!['about', 'slots', 'slotsFrom'].includes(key)) check(value, [key]);
  }
  return faults;
}

describe('the text files', () => {
  test.each(files)('%s', (name) => {
    expect(faultsOf(name, read(name))).toEqual([]);
  });

  test('all are looked at', () => {
    expect(files.length).toBeGreaterThan(40);
  });
});

describe('a mistake is told with file, line and entry', () => {
  const file = (...entries: readonly unknown[]): string =>
    JSON.stringify({ about: 'x', slots: { here: 'a town' }, lines: entries }, null, 2);

  test.each([
    [
      'an unknown slot',
      file('In $here.', 'In $sky.'),
      'x.json:8: no slot $sky (there are here) in "In $sky."',
    ],
    ['a nameless slot', file('It costs $ 3.'), 'x.json:7: no slot $ (there are here) in "It costs $ 3."'],
    ['an open choice', file('{A|B'), 'x.json:7: braces do not match in "{A|B"'],
    ['a closed choice', file('A|B}'), 'x.json:7: braces do not match in "A|B}"'],
    ['a choice outside braces', file('A|B'), 'x.json:7: braces do not match in "A|B"'],
    ['a choice of one', file('{A} b'), 'x.json:7: a choice of one in "{A} b"'],
    ['an empty list', file(), 'x.json:6: "lines" is empty'],
    ['an empty text', file('A.', ''), 'x.json:8: an empty text'],
    ['a text twice', file('A.', 'B.', 'A.'), 'x.json:9: "A." is twice in the list'],
    ['no text', file('A.', 3), 'x.json:7: "lines.1" is 3, not a text'],
    ['a space too many', file('A. '), 'x.json:7: a space too many in "A. "'],
    ['a word missing', file('red, , blue'), 'x.json:7: nothing between two commas in "red, , blue"'],
    ['a word twice', file('red, blue, red'), 'x.json:7: "red" is twice in "red, blue, red"'],
    [
      'a comma without a space',
      file('red, blue,pink, grey'),
      'x.json:7: a comma without a space in "red, blue,pink, grey"',
    ],
    [
      'a wrong file of slots',
      '{"about": "x",\n"slotsFrom": "y.json"}',
      'x.json:1: slotsFrom is "y.json"; slots for others are in world-slots.json, tales/cast.json',
    ],
    ['no description', '{"lines": ["A."]}', 'x.json:1: say under "about" what the file holds'],
  ])('%s', (_, raw, message) => {
    expect(faultsOf('x.json', raw)).toEqual([message]);
  });

  test('a missing comma', () => {
    const faults = faultsOf('x.json', '{\n  "lines": [\n    "A."\n    "B."\n  ]\n}');
    expect(faults).toEqual([expect.stringMatching(/^x\.json:4: .*JSON/)]);
  });

  test('facts: a question that names the object, a relation with one question', () => {
    const raw = JSON.stringify({
      about: 'x',
      slots: { s: 'a town', o: 'a river' },
      relations: { river: { questions: ['Is $s on the $o?'] } },
    });
    expect(faultsOf('facts/x.json', raw)).toEqual([
      'facts/x.json:1: "relations.river.questions" has one question; one is kept for testing, so give two',
      'facts/x.json:1: no slot $o (there are s) in "Is $s on the $o?"',
    ]);
  });
});
