import type { LlmError } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { measureRules } from '../rules/rules.js';
import { jaccard, shingles } from '../rules/shingles.js';
import { miniwebPages, openMiniweb } from './miniweb-pages.js';
import type { MiniwebPage } from './page.js';

const pages: MiniwebPage[] = [...miniwebPages({ seed: 'test', pages: 200 })];
const textSteps = new Set(['gopher-repetition', 'gopher-quality', 'c4', 'fineweb']);

describe('miniwebPages', () => {
  test('200 pages hold every kind, and most are kept', () => {
    const kinds = new Set(pages.map((page) => page.truth.kind));
    expect(kinds.size).toBeGreaterThan(50);
    expect(new Set(pages.map((page) => page.url)).size).toBe(200);
    const kept = pages.filter((page) => page.truth.keep).length;
    expect(kept).toBeGreaterThan(105);
    expect(kept).toBeLessThan(120);
  });

  test('the first text rule that drops a page is the one its truth names', () => {
    let checked = 0;
    for (const { truth } of pages) {
      if (truth.mainText === '' || truth.step === 'language' || truth.step === 'url') continue;
      const first = measureRules(truth.mainText).find((value) => value.ratio > 1);
      const expected = textSteps.has(truth.step ?? '') ? `${truth.step}/${truth.reason}` : undefined;
      expect(first && `${first.step}/${first.reason}`, truth.kind).toBe(expected);
      checked++;
    }
    expect(checked).toBeGreaterThan(140);
  });

  test('no two kept pages are near each other beyond what is declared', () => {
    const kept = pages.filter((page) => page.truth.keep);
    const sets = kept.map((page) => shingles(page.truth.mainText));
    let compared = 0;
    for (let i = 0; i < kept.length; i++) {
      for (let j = 0; j < i; j++) {
        const declared =
          kept[i]!.truth.mirrorOf?.index === kept[j]!.index ||
          kept[j]!.truth.mirrorOf?.index === kept[i]!.index;
        if (!declared) expect(jaccard(sets[i]!, sets[j]!)).toBeLessThan(0.25);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(5000);
  });

  test('mirrors have the similarity they declare, to the page they declare', () => {
    const mirrors = pages.filter((page) => page.truth.jaccard !== undefined);
    expect(mirrors).toHaveLength(9);
    for (const { truth } of mirrors) {
      const original = pages[truth.mirrorOf!.index]!;
      expect(original.url).toBe(truth.mirrorOf!.url);
      expect(jaccard(shingles(truth.mainText), shingles(original.truth.mainText))).toBe(truth.jaccard);
    }
    expect(mirrors.filter((page) => page.truth.jaccard === 1)).toHaveLength(4);
  });

  test('a text too short for the similarity asked for is mirrored as closely as one changed word allows', () => {
    for (const [seed, index] of [
      [1, 183_795],
      [7, 36_791],
    ] as const) {
      const { truth } = openMiniweb(seed)(index);
      const original = openMiniweb(seed)(truth.mirrorOf!.index);
      expect(jaccard(shingles(truth.mainText), shingles(original.truth.mainText))).toBe(truth.jaccard);
      expect(truth.jaccard).toBeGreaterThan(0.89);
      expect(truth).toMatchObject({ keep: false, step: 'minhash', kind: 'near-mirror' });
    }
  });

  test('page i does not depend on the pages before it', () => {
    const pageAt = openMiniweb('test');
    for (const index of [199, 3, 77, 150]) expect(pageAt(index)).toEqual(pages[index]);
    expect([...miniwebPages({ seed: 'test', pages: 2, first: 120 })]).toEqual(pages.slice(120, 122));
  });

  test('another seed is another web', () => {
    expect(openMiniweb('other')(0).url).not.toBe(pages[0]!.url);
  });

  test('boilerplate is in the HTML and not in the main text', () => {
    let strings = 0;
    for (const { body, truth } of pages) {
      if (truth.charset !== undefined && truth.charset.name !== 'utf-8') continue;
      const html = new TextDecoder().decode(body).replace(/<\/?[bi]>/g, '');
      for (const text of truth.boilerplate) {
        expect(html).toContain(text);
        expect(truth.mainText).not.toContain(text);
        strings++;
      }
    }
    expect(strings).toBeGreaterThan(300);
  });

  test('a size that is none is refused', () => {
    for (const size of [0, -1, 1.5, Number.NaN]) {
      expect(() => miniwebPages({ seed: 1, pages: size }).next()).toThrowError(
        expect.objectContaining({ code: 'miniweb/invalid-size' }) as LlmError,
      );
    }
  });
});
