import { describe, expect, it } from 'vitest';
import { compareWithTruth, type PageDecision, type PageTruth } from './compare-with-truth.js';

describe('compareWithTruth', () => {
  it('finds what was decided otherwise, missing or unexpected', async () => {
    const truth = new Map<string, PageTruth>([
      ['a', { keep: true }],
      ['b', { keep: false, step: 'c4', reason: 'lorem_ipsum' }],
      ['c', { keep: false, step: 'c4' }],
      ['d', { keep: false, step: 'c4', reason: 'curly_bracket' }],
      ['e', { keep: false }],
      ['f', { keep: true }],
      ['g', { keep: true }],
    ]);
    const decisions = new Map<string, PageDecision>([
      ['a', { keep: true }],
      ['b', { keep: false, step: 'c4', reason: 'lorem_ipsum' }],
      ['c', { keep: false, step: 'c4', reason: 'anything' }],
      ['d', { keep: false, step: 'c4', reason: 'lorem_ipsum' }],
      ['e', { keep: false, step: 'url', reason: 'domain' }],
      ['f', { keep: false, step: 'url', reason: 'domain' }],
      ['h', { keep: true }],
    ]);
    const { pages, agreed, misses, byChance } = await compareWithTruth(decisions, truth);
    expect([pages, agreed, byChance]).toEqual([7, 4, []]);
    expect(misses).toEqual([
      { key: 'd', expected: truth.get('d'), actual: decisions.get('d') },
      { key: 'f', expected: truth.get('f'), actual: decisions.get('f') },
      { key: 'g', expected: truth.get('g'), actual: undefined },
      { key: 'h', expected: undefined, actual: { keep: true } },
    ]);
  });

  it('tells chance from error for near-duplicates', async () => {
    const duplicate = { keep: false, step: 'minhash', reason: 'duplicate' };
    const truth = new Map<string, PageTruth>([
      ['likely', { ...duplicate, duplicateProbability: 0.9 }],
      ['sure', { ...duplicate, duplicateProbability: 0.9999 }],
      ['unlikely', { keep: true, duplicateProbability: 0.1 }],
      ['elsewhere', { keep: true, duplicateProbability: 0.1 }],
    ]);
    const decisions = new Map<string, PageDecision>([
      ['likely', { keep: true }],
      ['sure', { keep: true }],
      ['unlikely', duplicate],
      ['elsewhere', { keep: false, step: 'c4', reason: 'lorem_ipsum' }],
    ]);
    const { agreed, misses, byChance } = await compareWithTruth(decisions, truth);
    expect(byChance.map(({ key }) => key)).toEqual(['likely', 'unlikely']);
    expect(misses.map(({ key }) => key)).toEqual(['elsewhere', 'sure']);
    expect(agreed).toBe(2);
  });
});
