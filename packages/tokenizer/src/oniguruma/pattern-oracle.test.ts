/**
 * Random patterns and texts against Hugging Face `tokenizers`, recorded by
 * tooling/oracles/tokenizer/pattern-fixtures.py.
 */
import { readFileSync } from 'node:fs';
import { LlmError } from '@llm/core';
import { expect, test } from 'vitest';
import { readNormalizer } from '../formats/read-normalizer.js';
import { type SplitBehavior, splitBehaviors, splitText } from '../pretokenize/split-text.js';
import { compilePattern, type FindMatches } from './compile-pattern.js';

type Case = readonly [
  source: string,
  behavior: string | null,
  inverted: boolean,
  texts: readonly (readonly [text: string, pieces: readonly string[]])[],
];
const path = process.env.LLM_PATTERN_CASES ?? new URL('../fixtures/patterns.json', import.meta.url);
const { cases, replacements } = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly cases: readonly Case[];
  readonly replacements: readonly (readonly [string, string, string])[];
};
const behaviorOf = (name: string): SplitBehavior =>
  splitBehaviors.find((behavior) => behavior.toLowerCase() === name.replaceAll('_', ''))!;

function compiled(source: string): FindMatches | undefined {
  try {
    return compilePattern(source);
  } catch (error) {
    expect(LlmError.isInstance(error) && error.code, source).toMatch(/^tokenizer\/pattern-/);
    return undefined;
  }
}

test('every pattern that is read cuts every text as Oniguruma does', () => {
  let compared = 0;
  for (const [source, behavior, inverted, texts] of cases) {
    const find = compiled(source);
    if (find === undefined || behavior === null) continue;
    for (const [text, pieces] of texts) {
      const found: string[] = [];
      splitText(
        find,
        behaviorOf(behavior),
        inverted,
      )(text, (start, end) => found.push(text.slice(start, end)));
      expect(found, `${JSON.stringify(source)} ${behavior} ${inverted} on ${JSON.stringify(text)}`).toEqual(
        pieces,
      );
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(1500);
});

test.each(replacements)('Replace of %j in %j', (source, text, expected) => {
  const normalizer = readNormalizer({ type: 'Replace', pattern: { Regex: source }, content: '_' });
  expect(normalizer!.normalize(text)).toBe(expected);
});
