import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import cast from '../texts/tales/cast.json' with { type: 'json' };
import { type MiniwebTale, miniwebTales } from './tales.js';

const tales = [...miniwebTales({ seed: 1, count: 3000 })];
const textsAt = join(import.meta.dirname, '../texts/tales');
const textOf = (plot: string): string => readFileSync(join(textsAt, `${plot}.json`), 'utf8');

/** The tales that are not as they should be, a few of them, to be expected empty. */
const wrong = (isWrong: (tale: MiniwebTale) => boolean): string[] =>
  tales
    .filter(isWrong)
    .slice(0, 3)
    .map(({ plot, text }) => `${plot}: ${text}`);
const matching = (pattern: RegExp): string[] => wrong(({ text }) => pattern.test(text));

it('is the same for the same seed, another one for another', () => {
  const of = (seed: number) => [...miniwebTales({ seed, count: 50 })];
  expect(of(1)).toEqual(tales.slice(0, 50));
  expect(of(2)).not.toEqual(of(1));
});

it('makes each tale by itself', () => {
  for (const first of [0, 7, 2999])
    expect([...miniwebTales({ seed: 1, count: 1, first })]).toEqual([tales[first]]);
});

it('tells of every plot, each about as often as the others, and hardly anything twice', () => {
  const counts = new Map<string, number>();
  for (const { plot } of tales) counts.set(plot, (counts.get(plot) ?? 0) + 1);
  const files = readdirSync(textsAt).filter((name) => name !== 'cast.json');
  expect([...counts.keys()].sort()).toEqual(files.map((name) => name.slice(0, -'.json'.length)).sort());
  expect(counts.size).toBeGreaterThanOrEqual(14);
  expect(Math.min(...counts.values())).toBeGreaterThan(3000 / counts.size / 2);
  expect(new Set(tales.map(({ text }) => text)).size).toBeGreaterThan(2997);
});

it('has heroes of many names, children about as often as all others', () => {
  const { girl, boy } = cast.families.child.names;
  for (const names of [girl, boy]) expect(new Set(names.split(', ')).size).toBeGreaterThanOrEqual(24);
  const children = tales.filter(({ text }) => /\b(girl|boy)\b/.test(text.split('\n')[0]!)).length;
  expect(children / tales.length).toBeGreaterThan(0.4);
  expect(children / tales.length).toBeLessThan(0.6);
  const girls = tales.filter(({ pronoun }) => pronoun === 'she').length;
  expect(girls / tales.length).toBeCloseTo(0.5, 1);
});

it('is as long as a TinyStory, in three or four paragraphs', () => {
  expect(wrong(({ text }) => text.length < 500 || text.length > 1400)).toEqual([]);
  const mean = tales.reduce((sum, { text }) => sum + text.length, 0) / tales.length;
  expect(mean).toBeGreaterThan(800);
  expect(mean).toBeLessThan(1100);
  expect(wrong(({ text }) => ![3, 4].includes(text.split('\n\n').length))).toEqual([]);
});

it('names its hero from the first paragraph to the last', () => {
  expect(
    wrong(({ text, hero }) => {
      const paragraphs = text.split('\n\n').map((paragraph) => paragraph.split(hero).length - 1);
      const all = paragraphs.reduce((sum, count) => sum + count, 0);
      return all < 3 || paragraphs[0] === 0 || paragraphs.at(-1) === 0;
    }),
  ).toEqual([]);
});

test.each([
  ['a slot or a choice that is left', /[${}|]/],
  ['two spaces', / {2}/],
  ['an article twice', /\b(a|an|the) (a|an|the)\b/i],
  ['a word twice', /\b(\w+) \1\b/],
  ['"a" before a vowel', /\ba [aeio]/i],
  ['"an" before a consonant', /\ban [^aeiouh]/i],
  ['two signs', /[.,][.,!?]|[!?][.,]|"[.,]/],
  ['a sentence without a capital', /[.?!] \p{Ll}|^\p{Ll}|\n\p{Ll}|[.!?\n] ?"\p{Ll}/u],
  ['a paragraph without an end', /[^.!?"\n](\n|$)/],
])('has nowhere %s', (_, pattern) => {
  expect(matching(pattern)).toEqual([]);
});

it('ends sentences before it begins others', () => {
  const { families } = cast;
  const names = Object.values(families).flatMap((family) =>
    Object.values(family.names).join(', ').split(', '),
  );
  const capitals = new Set([
    ...names,
    'I',
    'Sunday',
    'Saturday',
    'Mom',
    'Dad',
    'Grandma',
    'Grandpa',
    'Grandfather',
  ]);
  expect(
    wrong(({ text }) =>
      [...text.matchAll(/[a-z,;:] ([A-Z][a-z]*)/g)].some(([, word]) => !capitals.has(word!)),
    ),
  ).toEqual([]);
});

it('closes every quotation in its paragraph', () => {
  expect(wrong(({ text }) => text.split('\n\n').some((part) => part.split('"').length % 2 === 0))).toEqual(
    [],
  );
});

it('writes no pronoun for a person but by a slot, which knows whose it is', () => {
  const literal = /(?<![$\w])(he|she|him|her|his|hers|himself|herself)\b/i;
  for (const { plot } of tales.slice(0, 200)) {
    const { paragraphs, tables = [], words = {} } = JSON.parse(textOf(plot));
    expect(JSON.stringify([paragraphs, tables, words])).not.toMatch(literal);
  }
});

it('says he of a boy and she of a girl, and of the friend only when the friend is named', () => {
  const pronouns = { he: /\b(he|him|his|himself)\b/i, she: /\b(she|her|herself)\b/i };
  const families = Object.values(cast.families);
  const names = {
    he: families.map(({ names }) => names.boy.replaceAll(', ', '|')).join('|'),
    she: families.map(({ names }) => names.girl.replaceAll(', ', '|')).join('|'),
  };
  const beforeOther = ({ text, pronoun }: MiniwebTale): string | undefined => {
    const plain = text.replace(/\b(his|her) name (was|is)\b/gi, '');
    const at = plain.search(pronouns[pronoun === 'he' ? 'she' : 'he']);
    return at < 0 ? undefined : plain.slice(0, at);
  };
  expect(wrong(({ text, pronoun }) => !pronouns[pronoun].test(text))).toEqual([]);
  expect(
    wrong((tale) => {
      const before = beforeOther(tale);
      const friend = new RegExp(`\\b(${names[tale.pronoun === 'he' ? 'she' : 'he']})\\b`);
      return before !== undefined && !friend.test(before);
    }),
  ).toEqual([]);
  const withOther = tales.filter((tale) => beforeOther(tale) !== undefined).length;
  expect(withOther).toBeGreaterThan(100);
  expect(withOther).toBeLessThan(1500);
});

it.each([
  { count: -1 },
  { count: 1.5 },
  { count: Number.NaN },
  { count: 1, first: -1 },
  { count: 1, first: 0.5 },
])('refuses %j', (options) => {
  expect(() => [...miniwebTales({ seed: 1, ...options })]).toThrow(
    expect.objectContaining({ code: 'miniweb/invalid-option' }),
  );
});
