import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simplifyText } from '../deduplication/minhash.js';
import { Page } from '../page/page.js';
import type { Verdict } from '../page/verdict.js';
import { c4Quality } from './c4-quality.js';
import { fineWebQuality } from './fineweb-quality.js';
import { gopherQuality } from './gopher-quality.js';
import { gopherRepetition } from './gopher-repetition.js';
import { removePii } from './pii.js';

interface Decision {
  readonly kept?: boolean | undefined;
  readonly text?: string | undefined;
  readonly sha256?: string | undefined;
  readonly reason?: string | undefined;
  readonly error?: string | undefined;
}
interface Row {
  readonly name: string;
  readonly parts: readonly (readonly [string, number])[];
  readonly words?: readonly string[] | undefined;
  readonly wordCount: number;
  readonly sentences: number | null;
  readonly simplified?: string | undefined;
  readonly pii?: string | undefined;
  readonly gopherRepetition: Decision;
  readonly gopherQuality: Decision;
  readonly c4: Decision;
  readonly fineWeb: Decision;
}

// Written by tooling/oracles/data/filters.py with datatrove 0.10.0 and its spaCy tokenizer.
const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/datatrove-filters.json', import.meta.url), 'utf8'),
) as { readonly texts: readonly Row[] };

const filters = {
  gopherRepetition: gopherRepetition(),
  gopherQuality: gopherQuality(),
  c4: c4Quality(),
  fineWeb: fineWebQuality(),
};

function sameDecision(result: Verdict, expected: Decision, text: string): void {
  // datatrove divides by zero on some texts without a word; ours must only give an answer.
  if (expected.error !== undefined) return;
  if (expected.reason !== undefined) {
    expect(result).toEqual({ kind: 'drop', reason: expected.reason });
    return;
  }
  expect(result.kind).toBe('keep');
  const kept = result.text ?? text;
  if (expected.sha256 !== undefined) {
    expect(createHash('sha256').update(kept).digest('hex')).toBe(expected.sha256);
  } else expect(kept).toBe(expected.text ?? text);
}

describe('datatrove 0.10', () => {
  it('covers every filter with kept and dropped texts', () => {
    expect(fixture.texts.length).toBeGreaterThanOrEqual(60);
    for (const name of Object.keys(filters) as (keyof typeof filters)[]) {
      expect(fixture.texts.filter((row) => row[name].kept === true).length).toBeGreaterThan(10);
      expect(new Set(fixture.texts.map((row) => row[name].reason)).size).toBeGreaterThan(3);
    }
  });

  it.each(fixture.texts.map((row) => [row.name, row] as const))('agrees on: %s', (_, row) => {
    const text = row.parts.map(([part, count]) => part.repeat(count)).join('');
    const page = new Page({ content: text });
    if (row.words !== undefined) expect(page.words).toEqual(row.words);
    expect(page.words.length).toBe(row.wordCount);
    if (row.sentences !== null) expect(page.sentences).toBe(row.sentences);
    if (row.simplified !== undefined) expect(simplifyText(text)).toBe(row.simplified);
    expect(removePii(text, { patterns: 'datatrove' }).text).toBe(row.pii ?? text);
    for (const name of Object.keys(filters) as (keyof typeof filters)[]) {
      sameDecision(filters[name].run(page), row[name], text);
    }
  });
});
